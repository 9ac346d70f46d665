import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { sameBytes } from "../keys/data-key.ts";
import type { DataKey } from "../keys/data-key.ts";
import type { Disk, DiskFile, Identity } from "./disk.ts";
import type { Header } from "./header.ts";
import type { LogSink } from "./log.ts";
import { epochName } from "./names.ts";
import { readJournalHeader, replayFrames } from "./replay.ts";
import type { Replay } from "./replay.ts";
import { readSnapshot, readSnapshotHeader } from "./snapshot.ts";
import { codeOf, corrupt, isScarce, tooManyFiles, trouble } from "./trouble.ts";

/** One epoch's files, by place. */
export interface EpochPlace {
  readonly disk: Disk;
  /** The vault folder. */
  readonly folder: string;
  readonly key: DataKey;
  readonly epoch: bigint;
}

/** What was read from an epoch. */
export interface Loaded extends Replay {
  readonly epoch: bigint;
  readonly snapshotBytes: number;
  readonly journalPath: string;
  readonly journal: Identity;
}

/**
 * Reads an epoch's snapshot, then the frames of its journal, into a sink. `CORRUPT` naming the
 * file for anything that is damaged, missing or does not belong together. `limit`: bytes of the
 * journal to look at.
 */
export async function loadEpoch(place: EpochPlace, sink: LogSink, limit?: number): Promise<Loaded> {
  const { disk, folder, key, epoch } = place;
  const snapshot = await openNamed(disk, join(folder, epochName("snapshot", epoch)));
  try {
    const base = await readSnapshotHeader(snapshot, epoch, key);
    const journal = await openNamed(disk, join(folder, epochName("journal", epoch)));
    try {
      const header = await readJournalHeader(journal, epoch, key);
      matchOrThrow(base, header, journal.path);
      const record = (bytes: Uint8Array): void => naming(snapshot.path, () => sink.record(bytes));
      await readSnapshot(snapshot, base, key, record);
      const frame = (payload: Uint8Array): void => naming(journal.path, () => sink.frame(payload));
      return {
        ...(await replayFrames(journal, header, key, frame, limit)),
        epoch,
        snapshotBytes: await snapshot.size(),
        journalPath: journal.path,
        journal: journal.identity(),
      };
    } finally {
      await journal.close();
    }
  } finally {
    await snapshot.close();
  }
}

/** An epoch that is served; `verifyKeys` reads back what is not its own: `vault.json`, `slots.json`. */
export interface Verifiable extends EpochPlace {
  readonly verifyKeys: () => Promise<void>;
}

/**
 * Reads all of it back and keeps nothing. As `loadEpoch`; what the system refuses is refused by
 * name, and `BUSY` where no file can be opened.
 */
export async function verifyEpoch(place: Verifiable, limit?: number): Promise<Loaded> {
  try {
    await place.verifyKeys();
    return await loadEpoch(place, { record: () => {}, frame: () => {} }, limit);
  } catch (error) {
    throw isScarce(error) ? tooManyFiles(place.folder, error) : trouble(error, place.folder);
  }
}

/** Opens a file that must be there: a missing one is `CORRUPT`. */
export async function openNamed(disk: Disk, path: string): Promise<DiskFile> {
  try {
    return await disk.open(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw corrupt(path, "it is missing beside the other files");
    throw error;
  }
}

/** The sink sees bytes and no file: what it refuses is refused by name. */
function naming(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    const { code, message, hint } = error;
    const more = { cause: error, ...(hint === undefined ? {} : { hint }) };
    throw new StrongroomError(code, `${path}: ${message}`, more);
  }
}

function matchOrThrow(snapshot: Header, journal: Header, path: string): void {
  const together =
    sameBytes(snapshot.binding, journal.salt) &&
    snapshot.position.sequence === journal.position.sequence &&
    sameBytes(snapshot.position.tag, journal.position.tag);
  if (!together) throw corrupt(path, "it does not belong to the snapshot beside it");
}
