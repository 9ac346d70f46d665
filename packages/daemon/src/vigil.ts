import { availableParallelism } from "node:os";

/** What a vigil asks of the system; tests bring their own. */
export interface Watchman {
  /** Calls back in the next turn of the event loop. */
  soon(callback: () => void): void;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  readonly processors: number;
}

const systemWatchman: Watchman = {
  soon: (callback) => void setImmediate(callback),
  now: () => performance.now(),
  processors: availableParallelism(),
};

/**
 * Keeps the event loop from sleeping, for moments. A thread that sleeps is woken tens of
 * microseconds after the event that it waits for; one that polls sees it at once, and uses a
 * processor meanwhile. Where there is one processor it never does.
 */
export class Vigil {
  readonly #watchman: Watchman;
  #until = 0;
  #isKept = false;

  constructor(watchman: Watchman = systemWatchman) {
    this.#watchman = watchman;
  }

  /** Polls for so many milliseconds from now, or until `end`. */
  keep(ms: number): void {
    if (this.#watchman.processors === 1) return;
    this.#until = this.#watchman.now() + ms;
    if (this.#isKept) return;
    this.#isKept = true;
    this.#watchman.soon(this.#look);
  }

  /** What was waited for has come. */
  end(): void {
    this.#until = 0;
  }

  readonly #look = (): void => {
    this.#isKept = this.#watchman.now() < this.#until;
    if (this.#isKept) this.#watchman.soon(this.#look);
  };
}
