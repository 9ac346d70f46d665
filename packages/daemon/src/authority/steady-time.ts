import type { Clocks } from "../lock/clocks.ts";

/** A wall clock that is so far ahead of the time that passed was set, and tells nothing. */
const LEAP_MS = 3_600_000;

/**
 * The time by which keys expire: the wall clock, but it never goes back, whatever the clock is
 * set to, and it does not follow a leap that no other clock has seen.
 */
export class SteadyTime {
  readonly #clocks: Clocks;
  readonly #from: { readonly wall: number; readonly running: number; readonly booted: number };

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#from = { wall: clocks.wall(), running: clocks.running(), booted: clocks.booted() };
  }

  /** Milliseconds since 1970. */
  now(): number {
    const { booted, running, wall } = this.#from;
    const passed = Math.max(this.#clocks.running() - running, this.#clocks.booted() - booted);
    const expected = wall + passed;
    const said = this.#clocks.wall();
    return said > expected + LEAP_MS ? expected : Math.max(said, expected);
  }
}
