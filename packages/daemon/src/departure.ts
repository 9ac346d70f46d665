import { STATUS } from "./ending.ts";
import type { Ending } from "./ending.ts";

/** What a departure is made of. */
export interface DepartureParts {
  /** Ends in order: listens no longer, answers what was accepted, syncs. */
  readonly inOrder: (ending: Ending) => Promise<void>;
  /** Called when that failed. */
  readonly failed: (error: unknown) => void;
  /** Called once, at last: nothing is waited for any more. */
  readonly finish: (ending: Ending) => void;
  /** Milliseconds that it may take in order. */
  readonly stopMs: number;
}

/** The end of a daemon: once, in order, and within a time. */
export class Departure {
  readonly #parts: DepartureParts;
  #state: "begun" | "finished" | "none" = "none";

  constructor(parts: DepartureParts) {
    this.#parts = parts;
  }

  get begun(): boolean {
    return this.#state !== "none";
  }

  /** Begins it; whoever comes second comes too late. */
  begin(ending: Ending): void {
    if (this.#state !== "none") return;
    this.#state = "begun";
    const { failed, inOrder, stopMs } = this.#parts;
    // A disk that answers no more must not keep a daemon that was told to end.
    const patience = setTimeout(() => this.#finish(ending), stopMs).unref();
    const finish = (last: Ending): void => {
      clearTimeout(patience);
      this.#finish(last);
    };
    inOrder(ending).then(
      () => finish(ending),
      (error: unknown) => {
        failed(error);
        const { reason, status } = ending;
        finish({ status: status === STATUS.stopped ? STATUS.fault : status, reason });
      },
    );
  }

  #finish(ending: Ending): void {
    if (this.#state === "finished") return;
    this.#state = "finished";
    this.#parts.finish(ending);
  }
}
