import { isTerminal } from "./output.ts";

const TICK_MS = 200;
const WIDTH = 20;
const BLOCK = 4;

/** Shows at a terminal that work goes on, and for how long it has; nothing stays of that. */
export async function whileWorking<T>(what: string, work: Promise<T>): Promise<T> {
  if (!isTerminal(2)) return await work;
  const began = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    process.stderr.write(`\r${what} [${bar((performance.now() - began) / TICK_MS)}] ${seconds} s`);
  }, TICK_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    process.stderr.write("\r\u001B[K");
  }
}

/** A block that wanders: how much there is to do is not known here. */
function bar(tick: number): string {
  const room = WIDTH - BLOCK;
  const step = Math.floor(tick) % (2 * room);
  const at = step < room ? step : 2 * room - step;
  return `${" ".repeat(at)}${"=".repeat(BLOCK)}${" ".repeat(room - at)}`;
}
