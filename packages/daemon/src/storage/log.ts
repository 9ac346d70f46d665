import type { DataKey } from "../keys/data-key.ts";

/** What a log is replayed into when it is opened: first the snapshot, then the frames. */
export interface LogSink {
  /** One record of the snapshot, in the order in which `replace` was given them. */
  record(record: Uint8Array): void;
  /** The payload of one committed frame, in order. */
  frame(payload: Uint8Array): void;
}

/** Figures for `vault/status` and `doctor`. */
export interface LogFigures {
  /** 16 hex digits; null while nothing is claimed (read-only). */
  readonly epoch: string | null;
  readonly frames: number;
  readonly journalBytes: number;
  readonly snapshotBytes: number;
  /** Torn frames ignored at the end of the journal when it was opened. */
  readonly tornFrames: number;
  /** Whether one was there when the vault was opened; `unwritable` where none is kept. */
  readonly mark: "missing" | "ok" | "unwritable";
  /** Files that are not ours or claims too far ahead: ignored, reported. */
  readonly strangers: readonly string[];
}

/**
 * An append-only log of frames over a snapshot: what the turn needs of storage, and all that a
 * second implementation (a replicated log) must offer. The local folder is the first.
 */
export interface Log {
  /**
   * Appends one frame. Resolves when it is durable and the fence held afterwards.
   * Rejects with `DISK_FULL` when nothing was written (the log goes on), and with
   * `DURABILITY_UNKNOWN` when the outcome is unknown: from then on the log is poisoned and
   * refuses everything. `reserve` lets the frame use the room kept for delete and purge.
   */
  append(payload: Uint8Array, options: { readonly reserve: boolean }): Promise<void>;
  /**
   * Starts a new epoch from these records, under another data key where one is given; everything
   * is then under that one, the mark too. No append may be in flight. Yields to the loop.
   */
  replace(records: Iterable<Uint8Array>, key?: DataKey): Promise<void>;
  /**
   * The fence: throws `DURABILITY_UNKNOWN` and poisons the log when another process claimed a
   * higher epoch, or the journal's path no longer names our file.
   */
  fence(): void;
  /** Called after the replies of a frame: moves the high-water mark up to it, unsynced. */
  mark(): void;
  /** Reads every file back and authenticates it; rejects with `CORRUPT` naming the file. */
  verify(): Promise<{ readonly frames: number }>;
  figures(): LogFigures;
  /** What tells whether a snapshot should replace the journal; asked after every frame. */
  sizes(): Pick<LogFigures, "journalBytes" | "snapshotBytes">;
  close(): Promise<void>;
}
