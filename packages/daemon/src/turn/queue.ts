import { StrongroomError } from "@strongroom/client/protocol";
import type { CancelSignal } from "./turn.ts";

/** What waits in the queue. */
export interface Waiting {
  /** Aborted when the caller takes its request back. */
  readonly signal: CancelSignal;
  /** Monotonic time at which it was queued, milliseconds. */
  readonly since: number;
  /** Called once when it leaves the queue without having been executed. */
  refuse(error: StrongroomError): void;
}

/** A bounded first-in first-out queue whose entries may be taken back while they wait. */
export class Queue<T extends Waiting> implements Iterable<T> {
  // A Map keeps the order, and lets an entry leave from the middle at no cost.
  readonly #entries = new Map<T, () => void>();
  readonly #limit: number;
  readonly #maxWaitMs: number;

  /** `limit`: entries; `maxWaitMs`: who waited longer is refused, not executed. */
  constructor(limit: number, maxWaitMs: number) {
    this.#limit = limit;
    this.#maxWaitMs = maxWaitMs;
  }

  /** How many wait. */
  get size(): number {
    return this.#entries.size;
  }

  /** Queues an entry, or refuses it: `BUSY` when the queue is full, `TIMEOUT` when taken back. */
  push(entry: T, retryAfterMs: number): boolean {
    if (entry.signal.aborted) return this.#refuse(entry, takenBack());
    if (this.#entries.size >= this.#limit) {
      return this.#refuse(entry, busy(`${this.#limit} requests are waiting`, retryAfterMs));
    }
    const leave = (): void => {
      this.#entries.delete(entry);
      entry.refuse(takenBack());
    };
    entry.signal.addEventListener("abort", leave, { once: true });
    this.#entries.set(entry, leave);
    return true;
  }

  /** The entries in order; whoever takes one removes it. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#entries.keys();
  }

  /** Takes an entry out: from now on it cannot be taken back. */
  remove(entry: T): void {
    const leave = this.#entries.get(entry);
    if (leave !== undefined) entry.signal.removeEventListener("abort", leave);
    this.#entries.delete(entry);
  }

  /** Refuses with `BUSY` whoever has waited too long at that monotonic time. */
  expire(now: number, retryAfterMs: number): void {
    for (const entry of this) {
      if (now - entry.since <= this.#maxWaitMs) return;
      this.remove(entry);
      const waited = `the request waited for ${this.#maxWaitMs} ms and was not executed`;
      entry.refuse(busy(waited, retryAfterMs));
    }
  }

  /** Refuses everybody. */
  fail(error: StrongroomError): void {
    for (const entry of this) {
      this.remove(entry);
      entry.refuse(error);
    }
  }

  #refuse(entry: T, error: StrongroomError): false {
    entry.refuse(error);
    return false;
  }
}

function busy(why: string, retryAfterMs: number): StrongroomError {
  return new StrongroomError("BUSY", `the vault is busy: ${why}`, {
    retryAfterMs,
    hint: `try again after ${retryAfterMs} ms`,
  });
}

function takenBack(): StrongroomError {
  return new StrongroomError("TIMEOUT", "the request was taken back and was not executed", {
    hint: "repeat it, with a longer --timeout where the disk is slow",
  });
}
