/** A connection, as far as others go by its life. */
export class Line {
  readonly #listeners = new Set<() => void>();
  #isEnded = false;

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Calls back once when it ends, unless the returned function is called before. */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** It is gone. */
  end(): void {
    this.#isEnded = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
