import { StrongroomError } from "@strongroom/client/protocol";
import { broken } from "./fence.ts";
import type { Fence } from "./fence.ts";
import type { Loaded, Verifiable } from "./load.ts";
import { verifyEpoch } from "./load.ts";
import type { Log, LogFigures } from "./log.ts";
import { isScarce, tooManyFiles } from "./trouble.ts";

/** What a vault that cannot be written hands to its log. */
export interface ReadOnlyParts extends Verifiable {
  readonly loaded: Loaded;
  readonly highest: bigint;
  readonly reason: StrongroomError;
  readonly found: Pick<LogFigures, "mark" | "strangers" | "tornFrames">;
}

/** The log of a vault that can be read and not written: nothing is claimed, nothing changes. */
export class ReadOnlyLog implements Log {
  readonly #parts: ReadOnlyParts;
  readonly #fence: Fence;

  constructor(parts: ReadOnlyParts) {
    this.#parts = parts;
    const { folder, highest, loaded } = parts;
    const { epoch: authenticated, journalPath, journal } = loaded;
    this.#fence = { folder, highest, authenticated, journalPath, journal };
  }

  async append(): Promise<void> {
    throw this.#refusal();
  }

  async replace(): Promise<void> {
    throw this.#refusal();
  }

  fence(): void {
    const reason = this.#broken();
    if (reason === undefined) return;
    throw new StrongroomError("DURABILITY_UNKNOWN", `${reason}; what is held here may be old`, {
      hint: "strongroom daemon restart",
    });
  }

  mark(): void {
    // What cannot be written has not moved.
  }

  async verify(): Promise<{ readonly frames: number }> {
    return await verifyEpoch(this.#parts);
  }

  figures(): LogFigures {
    const { frames, end, snapshotBytes } = this.#parts.loaded;
    return { ...this.#parts.found, epoch: null, frames, journalBytes: end, snapshotBytes };
  }

  sizes(): Pick<LogFigures, "journalBytes" | "snapshotBytes"> {
    const { end, snapshotBytes } = this.#parts.loaded;
    return { journalBytes: end, snapshotBytes };
  }

  async close(): Promise<void> {
    // No file is held open.
  }

  #broken(): string | undefined {
    const { disk, folder } = this.#parts;
    try {
      return broken(disk, this.#fence);
    } catch (error) {
      throw isScarce(error) ? tooManyFiles(folder, error) : error;
    }
  }

  #refusal(): StrongroomError {
    const { reason } = this.#parts;
    return new StrongroomError("READ_ONLY", `the vault is read-only: ${reason.message}`, {
      hint: reason.hint,
      cause: reason,
    });
  }
}
