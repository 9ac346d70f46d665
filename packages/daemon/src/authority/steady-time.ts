import type { Clocks } from "../lock/clocks.ts";

/** A wall clock that is so far ahead of the time that passed was set, or tells nothing. */
const LEAP_MS = 3_600_000;
/** Wall clock and running clock may be so far apart, and say the same. */
const AGREE_MS = 1000;
/** It was set when it still says so after so much running time. */
const LASTING_MS = 60_000;

interface Moment {
  readonly wall: number;
  readonly running: number;
  readonly booted: number;
}

/**
 * The time of the vault: the wall clock, but it never goes back, whatever the clock is set to,
 * and it follows a leap that no other clock has seen only when that has lasted.
 */
export class SteadyTime {
  readonly #clocks: Clocks;
  #from: Moment;
  /** When the wall clock was first found so far ahead, by the running clock. */
  #leaptAt: number | undefined;
  /** The latest time that was told. */
  #told = 0;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#from = this.#look();
  }

  /** Milliseconds since 1970, whole ones: so a record says the same when it is read again. */
  now(): number {
    // What was said once was acted on: an expired key stays so when a clock ahead is set right.
    this.#told = Math.max(this.#told, this.#found());
    return this.#told;
  }

  #found(): number {
    const from = this.#from;
    const awake = from.wall + Math.floor(this.#clocks.running() - from.running);
    const said = this.#clocks.wall();
    // To ask the boot clock costs more than all else, and here it could say nothing new.
    if (Math.abs(said - awake) <= AGREE_MS) {
      this.#leaptAt = undefined;
      return Math.max(said, awake);
    }
    return this.#judge();
  }

  /** What the wall clock says, whatever was before. */
  wall(): number {
    return this.#clocks.wall();
  }

  /** Goes by the wall clock as it stands, ahead or back; returns it. */
  accept(): number {
    this.#from = this.#look();
    this.#leaptAt = undefined;
    this.#told = this.#from.wall;
    return this.#told;
  }

  #judge(): number {
    const from = this.#from;
    const now = this.#look();
    const { booted, running, wall } = now;
    const passed = Math.max(running - from.running, booted - from.booted);
    const expected = from.wall + Math.floor(passed);
    if (wall <= expected + LEAP_MS) {
      this.#leaptAt = undefined;
      // The machine slept, and all clocks agree again.
      if (Math.abs(wall - expected) <= AGREE_MS)
        this.#from = { ...now, wall: Math.max(wall, expected) };
      return Math.max(wall, expected);
    }
    this.#leaptAt ??= running;
    if (running - this.#leaptAt < LASTING_MS) return expected;
    return this.accept();
  }

  #look(): Moment {
    const clocks = this.#clocks;
    return { wall: clocks.wall(), running: clocks.running(), booted: clocks.booted() };
  }
}
