/** When a secret ends, as it was when that was stored. */
export interface Expiry {
  readonly at: number;
  readonly name: string;
}

/** The ends of secrets, the next one first: a heap. What was changed since stays in it until its time. */
export class Expiries {
  readonly #heap: Expiry[] = [];

  /** When the next one is, milliseconds since 1970; undefined = there is none. */
  get next(): number | undefined {
    return this.#heap[0]?.at;
  }

  add(expiry: Expiry): void {
    const heap = this.#heap;
    let at = heap.push(expiry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(expiry, heap[above])) break;
      heap[at] = heap[above] as Expiry;
      at = above;
    }
    heap[at] = expiry;
  }

  /** Takes out the next one, if its time has come. */
  take(until: number): Expiry | undefined {
    const [first] = this.#heap;
    if (first === undefined || first.at > until) return undefined;
    const last = this.#heap.pop() as Expiry;
    if (this.#heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(expiry: Expiry): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Expiry, heap[below])) below += 1;
      if (!isBefore(heap[below] as Expiry, expiry)) break;
      heap[at] = heap[below] as Expiry;
      at = below;
    }
    heap[at] = expiry;
  }
}

/** Those that end together come in the order of their names, after a restart as before it. */
function isBefore(one: Expiry, other: Expiry | undefined): boolean {
  if (other === undefined) return true;
  return one.at < other.at || (one.at === other.at && one.name < other.name);
}
