import type { Disk } from "./disk.ts";
import { isStranger, parseEpochName } from "./names.ts";
import type { EpochKind, EpochName } from "./names.ts";
import { codeOf } from "./trouble.ts";

/** What stands in a vault folder, by names alone. */
export interface Survey {
  readonly names: ReadonlySet<string>;
  /** Epochs that have a file of a kind under its final name, ascending. */
  epochs(kind: EpochKind): readonly bigint[];
  /** Every numbered file, temporary ones too. */
  readonly numbered: readonly EpochName[];
  readonly strangers: readonly string[];
}

/** Lists a vault folder; one that is missing is empty. */
export async function survey(disk: Disk, folder: string): Promise<Survey> {
  const names = await listOrNothing(disk, folder);
  const numbered = names.flatMap((name) => parseEpochName(name) ?? []);
  const kept = numbered.filter((file) => !file.temporary);
  return {
    names: new Set(names),
    epochs: (kind) =>
      kept
        .filter((file) => file.kind === kind)
        .map((file) => file.epoch)
        .toSorted((one, other) => (one < other ? -1 : 1)),
    numbered,
    strangers: names.filter(isStranger).toSorted(),
  };
}

async function listOrNothing(disk: Disk, folder: string): Promise<string[]> {
  try {
    return await disk.list(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
