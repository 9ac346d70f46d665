import { Deadline } from "./deadline.ts";
import type { Timeout } from "./duration.ts";

/** What finding or starting a daemon may take when nobody asked for less: a loaded machine starts slowly. */
const START_MS = 20_000;

/** How long one call may take: from its beginning when that was asked for, else from when it is sent. */
export class Patience {
  readonly ms: number;
  readonly #signal: AbortSignal | undefined;
  readonly #whole: Deadline | undefined;

  constructor(timeout: Timeout, signal?: AbortSignal) {
    this.ms = timeout.ms;
    this.#signal = signal;
    this.#whole = timeout.asked ? new Deadline(timeout.ms, signal) : undefined;
  }

  /** Until when a connection may be made. */
  forConnecting(): Deadline {
    return this.#whole ?? new Deadline(Math.max(this.ms, START_MS), this.#signal);
  }

  /** Until when an answer may come to what is sent now. */
  forAnswer(): Deadline {
    return this.#whole ?? new Deadline(this.ms, this.#signal);
  }
}
