import type { Clocks } from "../lock/clocks.ts";
import type { Timers } from "../turn/timers.ts";

/** What an end goes by, and who hears of it. */
export interface ExpiryParts {
  readonly clocks: Pick<Clocks, "booted" | "running">;
  readonly timers: Pick<Timers, "after">;
  /** Called when it may be over; `isOver` decides. */
  readonly ended: () => void;
}

/** The end of something that lasts for a while, also while the machine sleeps. */
export class Expiry {
  readonly #parts: ExpiryParts;
  #running = 0;
  #booted = 0;
  #cancel: () => void = () => {};

  /** `ttl`: milliseconds from now. */
  constructor(parts: ExpiryParts, ttl: number) {
    this.#parts = parts;
    this.extend(ttl);
  }

  /** By either of the clocks: the one stands still in a sleep, the other is coarse. */
  get isOver(): boolean {
    const { clocks } = this.#parts;
    return clocks.running() >= this.#running || clocks.booted() >= this.#booted;
  }

  /** It lasts for so many milliseconds from now. */
  extend(ttl: number): void {
    const { clocks } = this.#parts;
    this.#running = clocks.running() + ttl;
    this.#booted = clocks.booted() + ttl;
    this.#wait(ttl);
  }

  /** Nobody is told any more. */
  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
  }

  #wait(ms: number): void {
    this.stop();
    const { clocks, ended, timers } = this.#parts;
    this.#cancel = timers.after(ms, () => {
      // A timer may be a moment early.
      if (this.isOver) ended();
      else this.#wait(Math.max(1, Math.ceil(this.#running - clocks.running())));
    });
  }
}
