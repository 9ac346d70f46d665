import type { Change } from "./change.ts";
import type { Clock } from "./clock.ts";
import { replacedUntil } from "./packed.ts";
import type { Pending } from "./pending.ts";
import type { Secret } from "./secret.ts";

/** How long a replaced or deleted version is kept, and for how long clocks must agree; ms. */
export const RETENTION = {
  keptMs: 2_592_000_000,
  agreeMs: 86_400_000,
  tickMs: 3_600_000,
} as const;

/**
 * Decides what is old. Nothing goes on the word of one reading: the wall clock must have said
 * so at every tick of the last 24 hours of running time.
 */
export class Retention {
  readonly #clock: Clock;
  #readings: { readonly wall: number; readonly running: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a reading; returns the wall time before which a replacement is old, once it is sure. */
  tick(): number | undefined {
    const now = { wall: this.#clock.now(), running: this.#clock.monotonic() };
    this.#readings.push(now);
    const from = now.running - RETENTION.agreeMs;
    // One reading at or before the window stays, so that the window is covered.
    const second = this.#readings.findIndex((reading) => reading.running > from);
    if (second > 1) this.#readings = this.#readings.slice(second - 1);
    if ((this.#readings[0]?.running ?? now.running) > from) return undefined;
    return Math.min(...this.#readings.map((reading) => reading.wall)) - RETENTION.keptMs;
  }
}

/** What is old of a name: nothing, some kept versions, or all of it. */
export function outlived(name: string, secret: Secret, before: number): Change | undefined {
  const versions = replacedUntil(secret.history, before);
  const ended = secret.value === undefined ? secret.updatedAt : secret.metadata?.expiresAt;
  if (ended !== undefined && ended <= before && versions.length === (secret.history?.count ?? 0)) {
    return { kind: "forget", name };
  }
  return versions.length === 0 ? undefined : { kind: "drop", name, versions };
}

/** The internal mutation that lets what is old go; returns how many names it touched. */
export function judgeRetention(
  pending: Pending,
  names: readonly string[],
  before: number,
): readonly number[] {
  let touched = 0;
  for (const name of names) {
    const secret = pending.get(name);
    const change = secret && outlived(name, secret, before);
    if (change === undefined) continue;
    pending.record(change);
    touched++;
  }
  return [touched];
}
