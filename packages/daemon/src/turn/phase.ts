import type { Timers } from "./timers.ts";

/** When it pays to wait: frames of so many milliseconds, for that share of one, never longer. */
const PHASE = { slowMs: 5, share: 1 / 25, mostMs: 2 } as const;

/**
 * Keeps writers in phase on a slow disk. Who comes while a frame is in flight waits for it and
 * for the next one; two who take turns so need two frames each. Those who were just answered are
 * given a moment to come again, so that all of them share a frame.
 */
export class Phase {
  readonly #timers: Timers;
  #expected = 0;
  #momentMs = 0;
  #complete: () => void = () => {};

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** A frame has ended that took so long, in milliseconds; so many were in it or wait behind it. */
  ended(writers: number, ms: number): void {
    this.#expected = writers;
    this.#momentMs = ms < PHASE.slowMs ? 0 : Math.min(ms * PHASE.share, PHASE.mostMs);
  }

  /** So many wait now. */
  came(waiting: number): void {
    if (waiting >= this.#expected) this.#complete();
  }

  /** Resolves when as many came as had a part in the last frame, or the moment is over. */
  async met(waiting: number): Promise<void> {
    if (this.#momentMs === 0 || waiting >= this.#expected) return;
    await new Promise<void>((resolve) => {
      const stop = this.#timers.after(this.#momentMs, resolve);
      this.#complete = () => {
        stop();
        resolve();
      };
    });
  }
}
