import { join } from "node:path";
import type { Disk } from "./disk.ts";
import { epochName } from "./names.ts";
import type { Survey } from "./survey.ts";
import { codeOf } from "./trouble.ts";

/** Claims further ahead than this were not made by counting; they are reported and ignored. */
const FARTHEST = 1024n;

/** The highest epoch that can have been claimed by counting from the highest authenticated one. */
export function farthest(authenticated: bigint): bigint {
  return authenticated + FARTHEST;
}

/** Claims too far above the highest authenticated epoch. */
export function farClaims(found: Survey, authenticated: bigint): readonly bigint[] {
  return found.epochs("claim").filter((epoch) => epoch > farthest(authenticated));
}

/** The first epoch above everything that has a name, claims too far ahead left aside. */
export function nextEpoch(found: Survey, authenticated: bigint): bigint {
  const taken = found.numbered
    .map((file) => file.epoch)
    .filter((epoch) => epoch <= farthest(authenticated));
  return taken.reduce((highest, epoch) => (epoch > highest ? epoch : highest), authenticated) + 1n;
}

/** Claims an epoch by exclusive creation, not durable yet. Rejects with EEXIST when it is taken. */
export async function createClaim(disk: Disk, folder: string, epoch: bigint): Promise<void> {
  const file = await disk.create(join(folder, epochName("claim", epoch)));
  await file.close();
}

/** Claims the first free epoch from `epoch` on, durably. */
export async function claimFrom(disk: Disk, folder: string, epoch: bigint): Promise<bigint> {
  for (let next = epoch; ; next += 1n) {
    try {
      await createClaim(disk, folder, next);
    } catch (error) {
      if (codeOf(error) === "EEXIST") continue;
      throw error;
    }
    try {
      await disk.syncFolder(folder);
    } catch (error) {
      await takeBack(disk, folder, next);
      throw error;
    }
    return next;
  }
}

/** Takes a claim back after an opening that came to nothing; what cannot be removed stays. */
export async function takeBack(disk: Disk, folder: string, epoch: bigint): Promise<void> {
  try {
    await disk.unlink(join(folder, epochName("claim", epoch)));
  } catch {
    // A claim without files is harmless: the next opening takes the next number.
  }
}
