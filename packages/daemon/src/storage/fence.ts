import { join } from "node:path";
import type { Disk, Identity } from "./disk.ts";
import { epochName } from "./names.ts";

/** What must hold as long as an epoch is ours. */
export interface Fence {
  /** The highest epoch that this process claimed, or found claimed when it opened read-only. */
  readonly highest: bigint;
  /** What another process would make first. */
  readonly watched: string;
  readonly journalPath: string;
  readonly journal: Identity;
}

/** The fence around a journal of ours. */
export function raiseFence(
  folder: string,
  highest: bigint,
  journalPath: string,
  journal: Identity,
): Fence {
  const watched = join(folder, epochName("claim", highest + 1n));
  return { highest, watched, journalPath, journal };
}

/**
 * The fence while this process makes the next claim: whose a claim there is shows only when its
 * creation has ended. Another process serves nothing before its snapshot has its name.
 */
export function whileClaiming(fence: Fence, folder: string): Fence {
  return { ...fence, watched: join(folder, epochName("snapshot", fence.highest + 1n)) };
}

/**
 * Says why the vault is no longer ours; undefined while it is. The claim is looked at first:
 * another process removes our journal before it can remove its claim, so one of the two shows.
 */
export function broken(disk: Disk, fence: Fence): string | undefined {
  if (disk.identify(fence.watched) !== undefined) {
    return `${fence.watched}: another process claimed the vault`;
  }
  const found = disk.identify(fence.journalPath);
  const same = found?.inode === fence.journal.inode && found.device === fence.journal.device;
  return same ? undefined : `${fence.journalPath}: the journal was removed or replaced`;
}
