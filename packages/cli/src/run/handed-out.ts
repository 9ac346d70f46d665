/** So many values are remembered; a mask of more would take too much memory. */
const MOST = 1000;

/** The values that a run has handed out: a replaced one often still opens something. */
export class HandedOut {
  readonly #values = new Map<string, Buffer>();

  /** Adds values; returns all that are to be concealed, of more than a thousand the newest. */
  add(values: readonly Buffer[]): readonly Buffer[] {
    for (const value of values) {
      const key = value.toString("latin1");
      this.#values.delete(key);
      this.#values.set(key, value);
    }
    const surplus = this.#values.size - Math.max(MOST, values.length);
    for (const key of [...this.#values.keys()].slice(0, Math.max(0, surplus)))
      this.#values.delete(key);
    return [...this.#values.values()];
  }
}
