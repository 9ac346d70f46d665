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
   * Calls `end` once: with what `late` makes when the time is over, or with the signal's reason;
   * not after the returned function was called.
   */
  watch(late: () => StrongroomError, end: (reason: Error) => void): () => void {
    const signal = this.#signal;
    const timer = this.#at === Infinity ? undefined : setTimeout(() => end(late()), this.left);
    if (signal === undefined) return () => clearTimeout(timer);
    const stop = (): void => end(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    return () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
  }

  /**
   * The outcome of `work`, or a rejection as `watch` says. `work` goes on by itself; a later
   * rejection of it is not unhandled.
   */
  async race<T>(work: Promise<T>, late: () => StrongroomError): Promise<T> {
    let stop: (() => void) | undefined;
    const end = new Promise<never>((_, reject) => {
      stop = this.watch(late, reject);
    });
    try {
      return await Promise.race([work, end]);
    } finally {
      stop?.();
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
