import { StrongroomError } from "@strongroom/client/protocol";
import type { DataKey } from "../keys/data-key.ts";
import { createClaim, takeBack } from "./claim.ts";
import { cleanFailure, startEpoch } from "./epoch.ts";
import type { Epoch } from "./epoch.ts";
import { broken, fenceOf, whileClaiming } from "./fence.ts";
import type { Fence } from "./fence.ts";
import type { Verifiable } from "./load.ts";
import { verifyEpoch } from "./load.ts";
import type { Ledger } from "./ledger.ts";
import type { Log, LogFigures } from "./log.ts";
import type { Mark, Seen } from "./mark.ts";
import { formatEpoch } from "./names.ts";
import { retire } from "./retire.ts";
import { Spare } from "./spare.ts";
import { codeOf, corrupt, diskFull, isFull, isScarce, tooManyFiles } from "./trouble.ts";

/** What the log is doing; it moves in `#begin`, `#settle` and `#poison`, and ends with `close`. */
type State =
  | { readonly kind: "appending" | "closed" | "open" | "replacing" }
  | { readonly kind: "poisoned"; readonly error: StrongroomError };

/** What an opened vault hands to its log. */
export interface LogParts extends Omit<Verifiable, "epoch"> {
  readonly started: Epoch;
  readonly mark: Mark | undefined;
  readonly ledger?: Ledger | undefined;
  /** Puts a mark under another data key in place of the one that stands, durably. */
  readonly remark: (seen: Seen, key: DataKey) => Promise<Mark>;
  /** Figures that opening found and that never change. */
  readonly found: Pick<LogFigures, "mark" | "strangers" | "tornFrames">;
  readonly preallocate: number;
  readonly pause: () => Promise<void>;
  readonly warn: (line: string) => void;
}

/** The log in a local folder: one claimed epoch with its snapshot and its journal. */
export class FolderLog implements Log {
  readonly #parts: LogParts;
  #state: State = { kind: "open" };
  #epoch: Epoch;
  #fence: Fence;
  /** The folder's stamp when the fence was last seen to hold: unchanged, it still does. */
  #heldAt: string | undefined;
  #mark: Mark | undefined;
  #spare: Spare;
  #key: DataKey;

  constructor(parts: LogParts) {
    this.#parts = parts;
    this.#key = parts.key;
    this.#epoch = parts.started;
    this.#mark = parts.mark;
    this.#fence = fenceOf(parts.folder, parts.started, parts.started.epoch);
    this.#spare = new Spare({ ...parts, epoch: parts.started.epoch });
  }

  async append(payload: Uint8Array, options: { readonly reserve: boolean }): Promise<void> {
    this.#begin("appending");
    try {
      const advance = await this.#epoch.journal.append(payload, options.reserve);
      this.#fenceAfterFrame();
      advance();
    } catch (error) {
      const full = error instanceof StrongroomError && error.code === "DISK_FULL";
      if (full) await this.#spare.discard();
      throw this.#settle(error);
    }
    this.#spare.consider(this.#epoch.journal.end);
    this.#state = { kind: "open" };
  }

  async replace(records: Iterable<Uint8Array>, key: DataKey = this.#key): Promise<void> {
    this.#begin("replacing");
    const before = this.#epoch;
    try {
      const epoch = await this.#claimNext();
      const { position } = before.journal;
      const spare = await this.#spare.take();
      const started = await startEpoch({ ...this.#parts, key, epoch, position, records, spare });
      this.#hold();
      this.#spare = new Spare({ ...this.#parts, epoch });
      this.#epoch = started;
      this.#fence = fenceOf(this.#parts.folder, started, this.#fence.highest);
      if (key !== this.#key) await this.#rekeyed(key);
    } catch (error) {
      throw this.#settle(error);
    }
    this.#state = { kind: "open" };
    await before.journal.close();
    const kept = this.#parts.ledger?.kept();
    const left = await retire(this.#parts.disk, this.#parts.folder, this.#epoch.epoch, kept);
    if (left !== undefined) this.#parts.warn(left);
  }

  fence(): void {
    if (this.#state.kind === "poisoned") throw this.#state.error;
    let reason: string | undefined;
    try {
      reason = broken(this.#parts.disk, this.#fence);
    } catch (error) {
      throw isScarce(error) ? tooManyFiles(this.#parts.folder, error) : this.#poison(error);
    }
    if (reason !== undefined) throw this.#poison(new Error(reason));
  }

  mark(): void {
    if (this.#state.kind === "poisoned" || this.#state.kind === "closed") return;
    try {
      this.#mark?.move({ epoch: this.#epoch.epoch, position: this.#epoch.journal.position });
    } catch (error) {
      this.#mark = undefined;
      this.#parts.warn(`the high-water mark cannot be written (${codeOf(error) ?? "unknown"})`);
    }
  }

  async verify(): Promise<{ readonly frames: number }> {
    if (this.#state.kind === "poisoned") throw this.#state.error;
    const { epoch, journal } = this.#epoch;
    const { position, end, path } = journal;
    const found = await verifyEpoch({ ...this.#parts, key: this.#key, epoch }, end);
    if (found.position.sequence !== position.sequence || !found.position.tag.equals(position.tag)) {
      throw corrupt(path, "it does not hold what was written to it");
    }
    return { frames: found.frames };
  }

  figures(): LogFigures {
    const { epoch, journal, snapshotBytes } = this.#epoch;
    return {
      ...this.#parts.found,
      epoch: formatEpoch(epoch),
      frames: journal.frames,
      journalBytes: journal.end,
      snapshotBytes,
      mark: this.#mark === undefined ? "unwritable" : this.#parts.found.mark,
    };
  }

  sizes(): Pick<LogFigures, "journalBytes" | "snapshotBytes"> {
    const { journal, snapshotBytes } = this.#epoch;
    return { journalBytes: journal.end, snapshotBytes };
  }

  async close(): Promise<void> {
    const { kind } = this.#state;
    if (kind === "closed") return;
    if (kind === "appending" || kind === "replacing") throw new TypeError("the log is at work");
    this.mark();
    this.#state = { kind: "closed" };
    await this.#mark?.close();
    await this.#spare.discard();
    await this.#epoch.journal.close();
  }

  /** Moves on from `open`; the turn has one frame or one replacement in flight, never both. */
  #begin(next: "appending" | "replacing"): void {
    const state = this.#state;
    if (state.kind === "poisoned") throw state.error;
    if (state.kind === "closed") throw new StrongroomError("CLOSING", "the vault is closed");
    if (state.kind !== "open") throw new TypeError(`${next} while ${state.kind}`);
    this.#state = { kind: next };
  }

  /** The state after a failure: a clean one leaves the log open, any other poisons it. */
  #settle(error: unknown): StrongroomError {
    if (this.#state.kind === "poisoned") return this.#state.error;
    const clean = cleanFailure(error, this.#parts.folder);
    if (clean === undefined) return this.#poison(error);
    this.#state = { kind: "open" };
    return clean;
  }

  /** To look at the journal itself after each frame would make the next sync a third slower. */
  #fenceAfterFrame(): void {
    const stamp = this.#stamp();
    const unchanged = stamp !== undefined && stamp === this.#heldAt;
    // A read or the watch may have found it broken while the frame was on its way.
    if (unchanged && this.#state.kind !== "poisoned") return;
    this.#hold();
    this.#heldAt = stamp;
  }

  /** The fence behind something that was written: not to know whether it holds is to fail. */
  #hold(): void {
    try {
      this.fence();
    } catch (error) {
      throw this.#state.kind === "poisoned" ? this.#state.error : this.#poison(error);
    }
  }

  #stamp(): string | undefined {
    try {
      return this.#parts.disk.stamp(this.#parts.folder);
    } catch (error) {
      throw this.#poison(error);
    }
  }

  #poison(cause: unknown): StrongroomError {
    const reason = cause instanceof Error ? cause.message : "unknown failure";
    const error = new StrongroomError(
      "DURABILITY_UNKNOWN",
      `${this.#epoch.journal.path}: whether the last change is on the disk is unknown (${reason})`,
      { hint: "see what the vault holds after: strongroom daemon restart", cause },
    );
    this.#state = { kind: "poisoned", error };
    return error;
  }

  /** A mark under the old key would call the vault another one. */
  async #rekeyed(key: DataKey): Promise<void> {
    const { epoch, journal } = this.#epoch;
    this.#key = key;
    const before = this.#mark;
    this.#mark = undefined;
    try {
      this.#mark = await this.#parts.remark({ epoch, position: journal.position }, key);
      await before?.close();
    } catch (error) {
      throw this.#poison(error);
    }
  }

  /** The next epoch is ours from here on, whatever becomes of it: the fence must know. */
  async #claimNext(): Promise<bigint> {
    const { disk, folder } = this.#parts;
    const held = this.#fence;
    const last = held.highest;
    const next = last + 1n;
    this.#fence = whileClaiming(held);
    try {
      await createClaim(disk, folder, next);
    } catch (error) {
      this.#fence = held;
      if (isScarce(error)) throw tooManyFiles(folder, error);
      throw isFull(error) ? diskFull(folder, error) : error;
    }
    this.#fence = fenceOf(folder, this.#epoch, next);
    await disk.syncFolder(folder);
    if (last !== this.#epoch.epoch) await takeBack(disk, folder, last);
    return next;
  }
}
