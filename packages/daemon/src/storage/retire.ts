import { join } from "node:path";
import type { Disk } from "./disk.ts";
import { epochName } from "./names.ts";
import type { EpochName } from "./names.ts";
import { survey } from "./survey.ts";
import { codeOf } from "./trouble.ts";

const NONE: ReadonlySet<bigint> = new Set();

/**
 * Removes the files of the epochs below `epoch`: journals first, then snapshots, then what of the
 * audit is not `kept`, then claims.
 * It stops at the first that cannot be removed: as long as an older journal stands, so does
 * every claim above it, and the older journal's owner can see it. Returns what went wrong.
 */
export async function retire(
  disk: Disk,
  folder: string,
  epoch: bigint,
  kept: ReadonlySet<bigint> = NONE,
): Promise<string | undefined> {
  try {
    const found = await survey(disk, folder);
    for (const kind of ["journal", "snapshot", "audit", "claim"] as const) {
      const older = found.numbered.filter(
        (file) => file.kind === kind && file.epoch < epoch && !isKept(file, kept),
      );
      for (const file of older.toSorted((one, other) => (one.epoch < other.epoch ? -1 : 1))) {
        const name = epochName(kind, file.epoch) + (file.temporary ? ".tmp" : "");
        await disk.unlink(join(folder, name));
      }
    }
    return undefined;
  } catch (error) {
    return `older files in ${folder} could not be removed (${codeOf(error) ?? "unknown"})`;
  }
}

function isKept({ epoch, kind, temporary }: EpochName, kept: ReadonlySet<bigint>): boolean {
  return kind === "audit" && !temporary && kept.has(epoch);
}
