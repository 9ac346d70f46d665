/** Something that comes once. */
export class Moment {
  readonly #listeners = new Set<() => void>();
  #isPast = false;

  get isPast(): boolean {
    return this.#isPast;
  }

  /** Calls back once when it comes, unless the returned function is called before. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** It has come. */
  come(): void {
    this.#isPast = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}

/** A connection, as far as others go by its life. */
export class Line {
  /** It is gone. */
  readonly end: Moment = new Moment();
  /** The API key that it was of has ended: what it holds and waits for is given up. */
  readonly retired: Moment = new Moment();
  /** Its client asks nothing more, and may be gone: that shows when it is written to. */
  readonly hangUp: Moment = new Moment();
}
