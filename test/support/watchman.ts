import type { Watchman } from "@strongroom/daemon/src/vigil.ts";

/** A watchman by hand: time stands still, and the loop turns when a test says so. */
export class HandWatchman implements Watchman {
  readonly processors: number;
  time = 0;
  #next: (() => void) | undefined;

  constructor(processors: number = 2) {
    this.processors = processors;
  }

  soon(callback: () => void): void {
    this.#next = callback;
  }

  now(): number {
    return this.time;
  }

  /** Lets at most so many turns pass; returns in how many of them the loop was kept awake. */
  turns(most: number): number {
    for (let turn = 0; turn < most; turn += 1) {
      const callback = this.#next;
      if (callback === undefined) return turn;
      this.#next = undefined;
      callback();
    }
    return most;
  }
}
