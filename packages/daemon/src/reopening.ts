/** What a reopening is made of. */
export interface ReopeningParts {
  /** Milliseconds between two looks, at least. */
  readonly everyMs: number;
  /** Whether the vault is still read-only. */
  readonly isWanted: () => boolean;
  /** Whether it could be written to now. */
  readonly hasRoom: () => Promise<boolean>;
  readonly reopen: () => Promise<void>;
}

/** Looks now and then whether a vault that is read-only can be written to, and opens it anew then. */
export class Reopening {
  readonly #parts: ReopeningParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ReopeningParts) {
    this.#parts = parts;
  }

  /** The next look is after that many milliseconds, or later. */
  after(leastMs: number): void {
    const ms = Math.max(leastMs, this.#parts.everyMs);
    this.#timer = setTimeout(() => void this.#look(), ms).unref();
  }

  /** No look comes any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { hasRoom, isWanted, reopen } = this.#parts;
    if (!isWanted()) return;
    const there = await hasRoom();
    if (!isWanted()) return;
    if (there) await reopen();
    else this.after(0);
  }
}
