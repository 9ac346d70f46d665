import { isTerminal, writeProgress } from "./output.ts";

const TICK_MS = 200;
const WIDTH = 20;
const BLOCK = 4;
/** Elsewhere than at a terminal it is said after so long, and then so often. */
const FIRST_MS = 1000;
const EVERY_MS = 5000;

/** How it is said elsewhere than at a terminal that work goes on. */
export interface Elsewhere {
  /** Takes a line of it; no line is said where only a person is waited for. */
  readonly say?: ((line: string) => void) | "nothing";
}

/**
 * Says that work goes on whose size is not known here, and for how long it has: at a terminal by a
 * bar of which nothing stays, elsewhere by a line every few seconds.
 */
export async function whileWorking<T>(
  what: string,
  work: Promise<T>,
  { say = writeProgress }: Elsewhere = {},
): Promise<T> {
  const began = performance.now();
  const seconds = (): number => Math.floor((performance.now() - began) / 1000);
  const end = isTerminal(2)
    ? bar(what, seconds)
    : say === "nothing"
      ? () => undefined
      : lines(() => say(`strongroom: ${what}, for ${seconds()} s so far`));
  try {
    return await work;
  } finally {
    end();
  }
}

function bar(what: string, seconds: () => number): () => void {
  let tick = 0;
  const timer = setInterval(() => {
    tick += 1;
    process.stderr.write(`\r${what} [${wandering(tick)}] ${seconds()} s`);
  }, TICK_MS);
  return () => {
    clearInterval(timer);
    process.stderr.write("\r\u001B[K");
  };
}

function lines(say: () => void): () => void {
  let timer = setTimeout(() => {
    say();
    timer = setInterval(say, EVERY_MS);
  }, FIRST_MS);
  return () => clearTimeout(timer);
}

/** A block that wanders: how much there is to do is not known here. */
function wandering(tick: number): string {
  const room = WIDTH - BLOCK;
  const step = tick % (2 * room);
  const at = step < room ? step : 2 * room - step;
  return `${" ".repeat(at)}${"=".repeat(BLOCK)}${" ".repeat(room - at)}`;
}
