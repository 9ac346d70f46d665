import { join } from "node:path";
import type { DataKey } from "../keys/data-key.ts";
import type { Unlocked } from "../keys/unlock.ts";
import type { Disk } from "./disk.ts";
import { HEADER_BYTES, keyIdOf } from "./header.ts";
import { openNamed } from "./load.ts";
import { epochName } from "./names.ts";
import type { Survey } from "./survey.ts";
import { rolledBack } from "./trouble.ts";

/** What decides between two data keys. */
export interface Choice {
  readonly disk: Disk;
  /** The vault folder. */
  readonly folder: string;
  readonly found: Survey;
  readonly keys: Unlocked;
}

/** The data key of the files; `half` authenticates `slots.json` while it holds two. */
export interface Chosen {
  readonly key: DataKey;
  readonly half: DataKey | undefined;
}

/**
 * After an interrupted rekey: the data key that the highest snapshot is under. `ROLLED_BACK` when
 * that is the old one, although something outside the vault folder knew the new one already; what
 * the new one would take where it is needed and could not be had.
 */
export async function chosenKey({ disk, folder, found, keys }: Choice): Promise<Chosen> {
  const { key, next, wanting, advanced } = keys;
  if (next === undefined && wanting === undefined) return { key, half: undefined };
  const epoch = found.epochs("snapshot").at(-1);
  if (epoch === undefined) return { key, half: key };
  const file = await openNamed(disk, join(folder, epochName("snapshot", epoch)));
  try {
    const id = keyIdOf(await file.read(0, HEADER_BYTES));
    if (next !== undefined && id.equals(keyIdFor(next))) return { key: next, half: key };
    if (wanting !== undefined && !id.equals(keyIdFor(key))) throw wanting;
    if (!advanced) return { key, half: key };
    throw rolledBack(file.path, "the vault was last seen with the data key that followed this one");
  } finally {
    await file.close();
  }
}

function keyIdFor(key: DataKey): Buffer {
  return key.check.subarray(0, 4);
}
