import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { DataKey } from "../keys/data-key.ts";
import { claimFrom, nextEpoch, takeBack } from "./claim.ts";
import type { Disk } from "./disk.ts";
import { EpochFailure, startEpoch } from "./epoch.ts";
import type { Epoch } from "./epoch.ts";
import { ORIGIN } from "./frame.ts";
import type { Position } from "./frame.ts";
import { loadEpoch, openNamed } from "./load.ts";
import type { Loaded } from "./load.ts";
import type { Ledger } from "./ledger.ts";
import type { LogSink } from "./log.ts";
import { compareWithMark } from "./mark.ts";
import type { Seen } from "./mark.ts";
import { epochName } from "./names.ts";
import { holdsBytesAfterHeader } from "./replay.ts";
import { readSegment } from "./segment.ts";
import { readSnapshotHeader } from "./snapshot.ts";
import { survey } from "./survey.ts";
import type { Survey } from "./survey.ts";
import { corrupt, isUnwritable, trouble } from "./trouble.ts";

/** What entering a vault needs. */
export interface Ground {
  readonly disk: Disk;
  /** The vault folder. */
  readonly folder: string;
  readonly key: DataKey;
  /** `vault.json` has no name yet: there need not be a snapshot. */
  readonly unborn: boolean;
  readonly sink: LogSink;
  /** The state, once the sink has all of it. */
  readonly records: () => Iterable<Uint8Array>;
  readonly ledger?: Ledger | undefined;
  readonly seen: Seen | undefined;
  /** Called once all is read of a vault of which nothing was seen. */
  readonly unmarked?: (() => void) | undefined;
  readonly markPath: string;
  readonly preallocate: number;
  readonly pause: () => Promise<void>;
}

/** A vault that was entered: with an epoch of our own, or as a reader. */
export type Entered =
  | {
      readonly mode: "read-write";
      readonly loaded: Loaded | undefined;
      readonly started: Epoch;
      /** The highest epoch whose snapshot authenticated before ours. */
      readonly authenticated: bigint;
    }
  | {
      readonly mode: "read-only";
      readonly loaded: Loaded;
      readonly reason: StrongroomError;
      /** The highest epoch that has a name. */
      readonly highest: bigint;
      readonly authenticated: bigint;
    };

/**
 * Claims the next epoch, reads the one before into the sink, compares it with the mark, and
 * starts the new epoch from the state. Where nothing can be written the vault is entered
 * read-only. Whatever else fails, the claim is taken back, unless the new snapshot has its name.
 */
export async function enter(ground: Ground, found: Survey): Promise<Entered> {
  const { disk, folder } = ground;
  const authenticated = await highestAuthenticated(ground, found);
  let epoch: bigint;
  try {
    epoch = await claimFrom(disk, folder, nextEpoch(found, authenticated));
  } catch (error) {
    return await asReader(ground, authenticated, error);
  }
  let loaded: Loaded | undefined;
  try {
    loaded = await load(ground, epoch);
    const position = loaded?.position ?? ORIGIN;
    await adopt(ground);
    const started = await startEpoch({ ...ground, epoch, position, records: ground.records() });
    return { mode: "read-write", loaded, started, authenticated };
  } catch (error) {
    const failed = error instanceof EpochFailure;
    if (!failed || !error.named) await takeBack(disk, folder, epoch);
    const cause = failed ? error.cause : error;
    if (!failed || error.named || loaded === undefined || !isUnwritable(cause)) throw cause;
    return await reading(ground, authenticated, loaded, cause);
  }
}

/** What cannot be read of the audit stays as it is: it keeps nobody from the secrets. */
async function adopt({ disk, folder, key, ledger }: Ground): Promise<void> {
  const loose = ledger?.loose;
  if (loose === undefined) return;
  const records: Uint8Array[] = [];
  try {
    await readSegment({ disk, folder, vaultId: key.vaultId }, loose, (record) => {
      records.push(record);
    });
  } catch {
    return;
  }
  ledger?.adopt(records);
}

async function asReader(ground: Ground, authenticated: bigint, cause: unknown): Promise<Entered> {
  if (!isUnwritable(cause)) throw cause;
  const loaded = await load(ground, undefined);
  if (loaded === undefined) throw cause;
  return await reading(ground, authenticated, loaded, cause);
}

async function reading(
  ground: Ground,
  authenticated: bigint,
  loaded: Loaded,
  cause: unknown,
): Promise<Entered> {
  const now = await survey(ground.disk, ground.folder);
  const highest = nextEpoch(now, authenticated) - 1n;
  const reason = trouble(cause, ground.folder);
  return { mode: "read-only", loaded, reason, highest, authenticated };
}

/** The state as it is on the disk now, that is after our claim stands. */
async function load(ground: Ground, claimed: bigint | undefined): Promise<Loaded | undefined> {
  const found = await survey(ground.disk, ground.folder);
  const epoch = found.epochs("snapshot").at(-1);
  if (epoch !== undefined && claimed !== undefined && epoch >= claimed) throw overtaken(ground);
  await unservedOrThrow(ground, found, epoch ?? 0n);
  const loaded =
    epoch === undefined ? undefined : await loadEpoch({ ...ground, epoch }, ground.sink);
  const position: Position = loaded?.position ?? ORIGIN;
  compareWithMark(position, ground.seen, ground.markPath);
  if (loaded !== undefined && ground.seen === undefined && !ground.unborn) ground.unmarked?.();
  return loaded;
}

async function highestAuthenticated(ground: Ground, found: Survey): Promise<bigint> {
  const { disk, folder, key } = ground;
  const epoch = found.epochs("snapshot").at(-1);
  if (epoch === undefined) {
    if (ground.unborn) return 0n;
    const expected = [...found.epochs("journal"), ...found.epochs("claim"), 1n];
    const name = epochName("snapshot", expected[0] ?? 1n);
    throw corrupt(join(folder, name), "it is missing beside the other files");
  }
  const file = await openNamed(disk, join(folder, epochName("snapshot", epoch)));
  try {
    await readSnapshotHeader(file, epoch, key);
    return epoch;
  } finally {
    await file.close();
  }
}

/** A journal above the highest snapshot was never served, so it holds no frames. */
async function unservedOrThrow(ground: Ground, found: Survey, highest: bigint): Promise<void> {
  for (const epoch of found.epochs("journal").filter((each) => each > highest)) {
    const path = join(ground.folder, epochName("journal", epoch));
    const file = await openNamed(ground.disk, path);
    try {
      if (!(await holdsBytesAfterHeader(file))) continue;
    } finally {
      await file.close();
    }
    const snapshot = join(ground.folder, epochName("snapshot", epoch));
    throw corrupt(snapshot, `it is missing, though ${path} holds frames that follow it`);
  }
}

function overtaken(ground: Ground): StrongroomError {
  return new StrongroomError("UNAVAILABLE", `${ground.folder}: another process took it over`, {
    hint: "strongroom status",
  });
}
