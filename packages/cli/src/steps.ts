import { isTerminal, writeProgress } from "./output.ts";

const WIDTH = 20;
/** Work that is over sooner shows nothing. */
const PATIENCE_MS = 500;

/** How far a long work is: a bar at a terminal, elsewhere a line every tenth. */
export class Steps {
  readonly #what: string;
  readonly #all: number;
  readonly #began = performance.now();
  readonly #isSeen = isTerminal(2);
  #told = 0;

  /** `all`: how many steps there are to do. */
  constructor(what: string, all: number) {
    this.#what = what;
    this.#all = all;
  }

  /** So many are done. */
  reach(done: number): void {
    if (performance.now() - this.#began < PATIENCE_MS) return;
    const tenths = Math.floor((10 * done) / Math.max(1, this.#all));
    if (this.#isSeen) {
      const full = Math.floor((WIDTH * done) / Math.max(1, this.#all));
      const bar = "=".repeat(full).padEnd(WIDTH);
      process.stderr.write(`\r${this.#what} [${bar}] ${done} of ${this.#all}`);
    } else if (tenths > this.#told) writeProgress(`strongroom: ${this.#what}: ${10 * tenths} %`);
    this.#told = tenths;
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isSeen) process.stderr.write("\r\u001B[K");
  }
}
