/** When a secret ends, as it was when that was stored. */
export interface Expiry {
  readonly at: number;
  readonly name: string;
}

/** So many that hold no more are left where they are. */
const STALE = 1024;

/** The ends of secrets, the next one first: a heap, and which of it holds. */
export class Expiries {
  /** The last that was said of each name. */
  readonly #ends = new Map<string, number>();
  #heap: Expiry[] = [];

  /** How many it keeps, those that hold no more too. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the next one may be, milliseconds since 1970; undefined = there is none. */
  get next(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** It ends then, and no more when it was to end before. */
  add(expiry: Expiry): void {
    this.#ends.set(expiry.name, expiry.at);
    if (this.#heap.length >= 2 * this.#ends.size + STALE) this.#sweep();
    this.#push(expiry);
  }

  /** Takes out the next one, if its time has come. */
  take(until: number): Expiry | undefined {
    for (;;) {
      const expiry = this.#pop(until);
      if (expiry === undefined) return undefined;
      if (this.#ends.get(expiry.name) !== expiry.at) continue;
      this.#ends.delete(expiry.name);
      return expiry;
    }
  }

  /** A name that is stored again and again must not fill the memory with ends that hold no more. */
  #sweep(): void {
    const ends = [...this.#ends];
    this.#heap = [];
    for (const [name, at] of ends) this.#push({ at, name });
  }

  #push(expiry: Expiry): void {
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

  #pop(until: number): Expiry | undefined {
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
