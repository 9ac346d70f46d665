import { setTimeout as sleep } from "node:timers/promises";

/** Timers stand still while a machine sleeps, so the clock is looked at again after so long. */
const LOOK_MS = 10_000;

/** Waits for a time of the clock, or until something is said to have happened. */
export class Alarm {
  #next = new AbortController();

  /** Ends the wait, or the next one where there is none. */
  ring(): void {
    this.#next.abort();
  }

  /** Until `at` (milliseconds since 1970) or a ring; rejects with the reason of the signal. */
  async until(at: number, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#next.signal]);
    for (let left = at - Date.now(); left > 0 && !either.aborted; left = at - Date.now()) {
      await sleep(Math.min(left, LOOK_MS), undefined, { signal: either }).catch(() => {});
    }
    signal.throwIfAborted();
    if (this.#next.signal.aborted) this.#next = new AbortController();
  }
}
