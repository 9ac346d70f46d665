import type { ErrorCode } from "@strongroom/client/protocol";

/** How many of the latest measurements percentiles are taken from. */
const WINDOW = 1024;

/** Figures of the turn for `vault/status`. */
export class Statistics {
  readonly #sizes: number[] = [];
  readonly #appendMs: number[] = [];
  readonly #refusals = new Map<ErrorCode, number>();
  #batches = 0;
  #largest = 0;
  #lastAppendMs = 1;

  /** A frame of so many mutations became durable after so many milliseconds. */
  appended(mutations: number, ms: number): void {
    this.#sizes[this.#batches % WINDOW] = mutations;
    this.#appendMs[this.#batches % WINDOW] = ms;
    this.#largest = Math.max(this.#largest, mutations);
    this.#lastAppendMs = ms;
    this.#batches++;
  }

  /** A request was refused. */
  refused(code: ErrorCode): void {
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
  }

  /** Milliseconds after which so many waiting requests may be done. */
  retryAfterMs(waiting: number, perTurn: number): number {
    const turns = Math.ceil((waiting + 1) / perTurn);
    return Math.round(Math.min(Math.max(turns * this.#lastAppendMs, 50), 5000));
  }

  /** The figures now; null where nothing was measured yet. */
  figures(): {
    readonly batches: number;
    readonly batchSizeP50: number | null;
    readonly batchSizeMax: number | null;
    readonly fsyncP50Ms: number | null;
    readonly fsyncP99Ms: number | null;
    readonly refusals: { readonly [code: string]: number };
  } {
    return {
      batches: this.#batches,
      batchSizeP50: percentile(this.#sizes, 0.5),
      batchSizeMax: this.#batches === 0 ? null : this.#largest,
      fsyncP50Ms: percentile(this.#appendMs, 0.5),
      fsyncP99Ms: percentile(this.#appendMs, 0.99),
      refusals: Object.fromEntries(this.#refusals),
    };
  }
}

function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
