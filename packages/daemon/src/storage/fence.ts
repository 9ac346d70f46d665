import { join } from "node:path";
import { farthest } from "./claim.ts";
import type { Disk, Identity } from "./disk.ts";
import { epochName, parseEpochName } from "./names.ts";

/** What must hold as long as an epoch is ours. */
export interface Fence {
  /** The vault folder. */
  readonly folder: string;
  /** The highest epoch that this process claimed, or found claimed when it opened read-only. */
  readonly highest: bigint;
  /** The highest epoch that authenticated before: claims far above it are nobody's. */
  readonly authenticated: bigint;
  readonly journalPath: string;
  readonly journal: Identity;
  /** The epoch that this process is about to claim. */
  readonly claiming?: bigint;
}

/** The fence of an epoch that this process claimed. */
export function fenceOf(
  folder: string,
  epoch: {
    readonly epoch: bigint;
    readonly journal: { readonly path: string; readonly identity: Identity };
  },
  highest: bigint,
): Fence {
  const { path: journalPath, identity: journal } = epoch.journal;
  // Of its own epoch nobody else counts: what was far ahead when it was opened stays so.
  const authenticated = epoch.epoch - 1n;
  return { folder, highest, authenticated, journalPath, journal };
}

/**
 * The fence while this process makes the next claim: whose a claim there is shows only when its
 * creation has ended. Another process serves nothing before its snapshot has its name.
 */
export function whileClaiming(fence: Fence): Fence {
  return { ...fence, claiming: fence.highest + 1n };
}

/**
 * Says why the vault is no longer ours; undefined while it is. The claims are looked at first:
 * another process removes our journal before it can remove its claim, so one of the two shows.
 */
export function broken(disk: Disk, fence: Fence): string | undefined {
  const { folder, journal, journalPath } = fence;
  const foreign = disk.listNow(folder).find((name) => isForeign(name, fence));
  if (foreign !== undefined) return `${join(folder, foreign)}: another process claimed the vault`;
  const found = disk.identify(journalPath);
  const same = found?.inode === journal.inode && found.device === journal.device;
  return same ? undefined : `${journalPath}: the journal was removed or replaced`;
}

function isForeign(name: string, fence: Fence): boolean {
  const { authenticated, claiming, highest } = fence;
  const file = parseEpochName(name);
  if (file === undefined || file.epoch <= highest || file.epoch > farthest(authenticated)) {
    return false;
  }
  if (claiming !== undefined && name === epochName("snapshot", claiming)) return true;
  return file.kind === "claim" && !file.temporary && file.epoch !== claiming;
}
