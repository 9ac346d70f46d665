import type { Log } from "../storage/log.ts";
import type { Clock } from "../vault/clock.ts";

/** After so many milliseconds a reply needs a new check that the vault is still ours. */
const FENCE_MS = 100;

/** Remembers when the log was last known to be ours, and asks it again when that is long ago. */
export class Fence {
  readonly #log: Log;
  readonly #clock: Clock;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Called before a reply; throws `DURABILITY_UNKNOWN` when the vault is no longer ours. */
  check(): void {
    if (this.#clock.monotonic() - this.#checkedAt <= FENCE_MS) return;
    this.#log.fence();
    this.held();
  }

  /** The log itself has just checked. */
  held(): void {
    this.#checkedAt = this.#clock.monotonic();
  }
}
