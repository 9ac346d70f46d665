import { StrongroomError } from "@strongroom/client/protocol";
import type { Log } from "../storage/log.ts";
import type { Clock } from "../vault/clock.ts";

/** After so many milliseconds a reply needs a new check that the vault is still ours. */
const FENCE_MS = 100;

/**
 * Remembers when the log was last known to be ours, and asks it again when that is long ago.
 * Each frame looks for the likeliest sign of another owner; asking looks for all.
 */
export class Fence {
  readonly #log: Log;
  readonly #clock: Clock;
  #askedAt = Number.NEGATIVE_INFINITY;
  #heldAt = Number.NEGATIVE_INFINITY;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /**
   * Called before a reply; throws `DURABILITY_UNKNOWN` when the vault is no longer ours, and
   * `BUSY` when nobody can say so.
   */
  check(): void {
    if (this.#clock.monotonic() - this.#heldAt > FENCE_MS) this.#ask();
  }

  /**
   * Called when the log has appended a frame, and so has looked for itself; throws
   * `DURABILITY_UNKNOWN` when it sees more now.
   */
  appended(): void {
    this.#heldAt = this.#clock.monotonic();
    if (this.#heldAt - this.#askedAt <= FENCE_MS) return;
    try {
      this.#ask();
    } catch (error) {
      if (!(error instanceof StrongroomError && error.code === "BUSY")) throw error;
    }
  }

  #ask(): void {
    this.#log.fence();
    this.#askedAt = this.#clock.monotonic();
    this.#heldAt = this.#askedAt;
  }
}
