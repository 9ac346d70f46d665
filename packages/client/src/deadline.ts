import { StrongroomError } from "./protocol/index.ts";

/** The moment at which a caller stops waiting, and its own wish to stop earlier. */
export class Deadline {
  readonly #at: number;
  readonly #signal: AbortSignal | undefined;

  /** `ms` from now, `Infinity` = none. */
  constructor(ms: number, signal?: AbortSignal) {
    this.#at = performance.now() + ms;
    this.#signal = signal;
  }

  /** Milliseconds left, at least 0. */
  get left(): number {
    return Math.max(0, this.#at - performance.now());
  }

  get over(): boolean {
    return this.left === 0;
  }

  /** Throws the reason of the caller's signal once it is aborted. */
  throwIfAborted(): void {
    this.#signal?.throwIfAborted();
  }

  /**
   * The outcome of `work`, or a rejection with what `late` makes when the time is over, or with
   * the signal's reason. `work` goes on by itself; a later rejection of it is not unhandled.
   */
  async race<T>(work: Promise<T>, late: () => StrongroomError): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let stop: (() => void) | undefined;
    const signal = this.#signal;
    const end = new Promise<never>((_, reject) => {
      if (this.#at !== Infinity) timer = setTimeout(() => reject(late()), this.left);
      if (signal === undefined) return;
      stop = () => reject(signal.reason as Error);
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([work, end]);
    } finally {
      clearTimeout(timer);
      if (stop !== undefined) signal?.removeEventListener("abort", stop);
    }
  }

  /** Waits, but not beyond the deadline; rejects with the signal's reason. */
  async pause(ms: number): Promise<void> {
    const wait = Math.min(ms, this.left);
    await this.race(
      new Promise<void>((resolve) => void setTimeout(resolve, wait)),
      // Both timers may be due in one tick; being late is for the caller to see.
      () => new StrongroomError("TIMEOUT", "waited too long"),
    ).catch((error: unknown) => {
      this.throwIfAborted();
      if (!(error instanceof StrongroomError)) throw error;
    });
  }
}
