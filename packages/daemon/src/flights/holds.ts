import { StrongroomError } from "@strongroom/client/protocol";
import type { Clock } from "../vault/clock.ts";

/** The first failure is waited out for so long, each further one twice that; milliseconds. */
const FIRST_MS = 1000;
const LONGEST_MS = 300_000;
/** Longer than this is waited for nobody who says so. */
const MOST_MS = 3_600_000;

/** Why nothing is tried now, and for how much longer. */
export interface Hold {
  readonly error: StrongroomError;
  readonly leftMs: number;
}

interface Kept {
  readonly generation: number;
  readonly failures: number;
  readonly until: number;
  readonly error: StrongroomError;
}

/** What failed and is not tried again for a while: longer each time, and never by all at once. */
export class Holds {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #random: () => number;
  readonly #kept = new Map<string, Kept>();

  /** `random`: from 0 up to 1. */
  constructor(clock: Pick<Clock, "monotonic">, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** What holds a key back, of this generation. */
  of(key: string, generation: number): Hold | undefined {
    const last = this.last(key, generation);
    return last === undefined || last.leftMs <= 0 ? undefined : last;
  }

  /** How it failed last, of this generation; `leftMs` is not above 0 when it may be tried again. */
  last(key: string, generation: number): Hold | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.generation !== generation) return undefined;
    return { error: kept.error, leftMs: Math.ceil(kept.until - this.#clock.monotonic()) };
  }

  /** It failed: it is held back for as long as it has failed in a row, and for `leastMs`. */
  failed(key: string, generation: number, error: StrongroomError, leastMs = 0): void {
    const before = this.#kept.get(key);
    const failures = before?.generation === generation ? before.failures + 1 : 1;
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
    const pause = Math.max(most * (0.5 + this.#random() / 2), Math.min(leastMs, MOST_MS));
    const until = this.#clock.monotonic() + pause;
    this.#kept.set(key, { generation, failures, until, error });
  }

  /** It went well. */
  clear(key: string): void {
    this.#kept.delete(key);
  }
}

/** What failed a moment ago is not tried again at once. */
export function heldBack(error: StrongroomError, leftMs: number): StrongroomError {
  const { code, hint, message } = error;
  return new StrongroomError(code, message, { hint, retryAfterMs: leftMs, cause: error });
}
