import { dirname, join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { DataKey } from "../keys/data-key.ts";
import { discard } from "./bytes.ts";
import type { Disk, DiskFile } from "./disk.ts";
import type { Position } from "./frame.ts";
import { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { epochName } from "./names.ts";
import { writeSegment } from "./segment.ts";
import { writeSnapshot } from "./snapshot.ts";
import { diskFull, isFull, isUnwritable } from "./trouble.ts";

/** What an epoch is started from. */
export interface EpochInput {
  readonly disk: Disk;
  /** The vault folder. */
  readonly folder: string;
  readonly key: DataKey;
  /** Claimed already. */
  readonly epoch: bigint;
  readonly position: Position;
  readonly records: Iterable<Uint8Array>;
  /** Seals what the journal before it holds of the audit. */
  readonly ledger?: Ledger | undefined;
  readonly preallocate: number;
  readonly pause: () => Promise<void>;
  /** What `Journal.create` may make the journal of. */
  readonly spare?: DiskFile | undefined;
}

/** An epoch whose snapshot and journal are durable and named. */
export interface Epoch {
  readonly epoch: bigint;
  readonly journal: Journal;
  readonly snapshotBytes: number;
}

/** An epoch that could not be started. */
export class EpochFailure extends Error {
  override readonly name = "EpochFailure";
  /** The snapshot may have its name: the epoch's files and its claim must stay. */
  readonly named: boolean;

  constructor(named: boolean, cause: unknown) {
    super("the epoch could not be started", { cause });
    this.named = named;
  }
}

/**
 * Journal first, its name durable, then the audit that is sealed, then the snapshot under a temporary name, its content
 * durable, and only then its name: a named snapshot always has its journal. Rejects with
 * `EpochFailure`; as long as the snapshot has no name, what was begun is removed.
 */
export async function startEpoch(input: EpochInput): Promise<Epoch> {
  const { disk, folder, epoch } = input;
  const journalPath = join(folder, epochName("journal", epoch));
  const snapshotPath = join(folder, epochName("snapshot", epoch));
  const temporary = `${snapshotPath}.tmp`;
  const auditPath = join(folder, epochName("audit", epoch));
  let journal: Journal | undefined;
  let named = false;
  try {
    journal = await Journal.create({ ...input, path: journalPath });
    await disk.syncFolder(folder);
    await seal(input);
    const snapshotBytes = await fill(temporary, input, journal.salt);
    named = true;
    await publish(disk, temporary, snapshotPath);
    input.ledger?.settle(true);
    return { epoch, journal, snapshotBytes };
  } catch (error) {
    await ignoring(journal?.close());
    input.ledger?.settle(false);
    const unnamed = !named || (isUnwritable(error) && !exists(disk, snapshotPath));
    const begun = [
      temporary,
      auditPath,
      `${auditPath}.tmp`,
      journalPath,
      ...(input.spare === undefined ? [] : [input.spare.path]),
    ];
    if (unnamed) await ignoring(removeAll(disk, begun));
    throw new EpochFailure(!unnamed, error);
  }
}

async function seal({ disk, epoch, folder, key, ledger, pause }: EpochInput): Promise<void> {
  const segment = ledger?.begin(epoch);
  if (segment === undefined) return;
  const place = { disk, folder, vaultId: key.vaultId };
  ledger?.sealed(await writeSegment(place, segment, pause));
}

async function fill(path: string, input: EpochInput, journalSalt: Buffer): Promise<number> {
  const file = await input.disk.create(path);
  try {
    return await writeSnapshot(file, { ...input, journalSalt });
  } finally {
    await file.close();
  }
}

async function publish(disk: Disk, temporary: string, path: string): Promise<void> {
  await disk.rename(temporary, path);
  await disk.syncFolder(dirname(path));
}

async function removeAll(disk: Disk, paths: readonly string[]): Promise<void> {
  for (const path of paths) await discard(disk, path);
}

function exists(disk: Disk, path: string): boolean {
  return disk.identify(path) !== undefined;
}

async function ignoring(work: Promise<void> | undefined): Promise<void> {
  try {
    await work;
  } catch {
    // The failure that led here is the one to report.
  }
}

/** What left the log as it was: no space before anything of a frame or an epoch had a name. */
export function cleanFailure(error: unknown, folder: string): StrongroomError | undefined {
  if (error instanceof StrongroomError) return error;
  if (!(error instanceof EpochFailure) || error.named) return undefined;
  return isFull(error.cause) ? diskFull(folder, error.cause) : undefined;
}
