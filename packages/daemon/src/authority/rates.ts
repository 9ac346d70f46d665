import type { KeyRecord } from "../vault/key-record.ts";

type Rated = Pick<KeyRecord, "id" | "rate">;

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

  /** Takes so many requests out of a key's bucket, all or none. `now`: running time. */
  take(key: Rated, now: number, count = 1): boolean {
    const bucket = this.#filled(key, now);
    if (bucket === undefined) return true;
    if (bucket.tokens < count) return false;
    bucket.tokens -= count;
    return true;
  }

  /** Whether so many are in it. */
  has(key: Rated, now: number, count: number): boolean {
    const bucket = this.#filled(key, now);
    return bucket === undefined || bucket.tokens >= count;
  }

  #filled({ id, rate }: Rated, now: number): Bucket | undefined {
    if (rate === undefined) return undefined;
    const bucket = this.#buckets.get(id) ?? this.#first(id, rate.count, now);
    const filled = bucket.tokens + ((now - bucket.at) / rate.perMs) * rate.count;
    bucket.tokens = Math.min(filled, rate.count);
    bucket.at = now;
    this.#buckets.set(id, bucket);
    return bucket;
  }

  #first(id: string, count: number, now: number): Bucket {
    return this.#known.has(id) ? { tokens: 0, at: this.#since } : { tokens: count, at: now };
  }
}
