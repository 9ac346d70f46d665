import { availableParallelism } from "node:os";
import type { Clock } from "../vault/clock.ts";
import type { Timers } from "./timers.ts";

/** From so many milliseconds on a frame is slow. */
const SLOW_MS = 5;
/** How long it pays to wait: that share of a frame, never longer than so many milliseconds. */
const MOMENT = {
  slow: { share: 1 / 25, mostMs: 2 },
  fast: { share: 1 / 2, mostMs: 0.3 },
} as const;

/**
 * Keeps writers in phase. Who comes while a frame is in flight waits for it and for the next one;
 * two who take turns so need two frames each. Those who were just answered are given a moment to
 * come again, so that all of them share a frame. On a fast disk it is too short for a timer, and
 * waited for awake; where there is one processor that would keep it from them.
 */
export class Phase {
  readonly #timers: Timers;
  readonly #clock: Clock;
  readonly #processors: number;
  #expected = 0;
  #waiting = 0;
  #frameMs = 0;
  #complete: () => void = () => {};

  constructor(timers: Timers, clock: Clock, processors: number = availableParallelism()) {
    this.#timers = timers;
    this.#clock = clock;
    this.#processors = processors;
  }

  /** A frame has ended that took so long, in milliseconds; so many were in it or wait behind it. */
  ended(writers: number, ms: number): void {
    this.#expected = writers;
    this.#frameMs = ms;
  }

  /** So many wait now. */
  came(waiting: number): void {
    this.#waiting = waiting;
    if (waiting >= this.#expected) this.#complete();
  }

  /** Resolves when as many came as had a part in the last frame, or the moment is over. */
  async met(waiting: number): Promise<void> {
    this.#waiting = waiting;
    if (waiting >= this.#expected) return;
    if (this.#frameMs >= SLOW_MS) await this.#asleep(momentOf(this.#frameMs, MOMENT.slow));
    else if (this.#processors > 1) await this.#awake(momentOf(this.#frameMs, MOMENT.fast));
  }

  async #asleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const stop = this.#timers.after(ms, resolve);
      this.#complete = () => {
        stop();
        resolve();
      };
    });
  }

  async #awake(ms: number): Promise<void> {
    const until = this.#clock.monotonic() + ms;
    while (this.#waiting < this.#expected && this.#clock.monotonic() < until) {
      await new Promise<void>((resolve) => this.#timers.soon(resolve));
    }
  }
}

function momentOf(ms: number, { share, mostMs }: (typeof MOMENT)["fast" | "slow"]): number {
  return Math.min(ms * share, mostMs);
}
