import type { KeyRecord } from "../vault/key-record.ts";

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * How fast keys may ask: a bucket of as many requests as the rate says, filled by the running
 * clock. It is kept in memory alone, so after a restart the buckets of all keys are empty: to
 * restart a daemon gives nobody anything.
 */
export class Rates {
  readonly #buckets = new Map<string, Bucket>();
  readonly #known: ReadonlySet<string>;
  readonly #since: number;

  /** `known`: the keys that there were when the process began, at that running time. */
  constructor(known: Iterable<string>, since: number) {
    this.#known = new Set(known);
    this.#since = since;
  }

  /** Takes one request out of a key's bucket; false when it is empty. `now`: running time. */
  take({ id, rate }: Pick<KeyRecord, "id" | "rate">, now: number): boolean {
    if (rate === undefined) return true;
    const bucket = this.#buckets.get(id) ?? this.#first(id, rate.count, now);
    const filled = bucket.tokens + ((now - bucket.at) / rate.perMs) * rate.count;
    bucket.tokens = Math.min(filled, rate.count);
    bucket.at = now;
    this.#buckets.set(id, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #first(id: string, count: number, now: number): Bucket {
    return this.#known.has(id) ? { tokens: 0, at: this.#since } : { tokens: count, at: now };
  }
}
