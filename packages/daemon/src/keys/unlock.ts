import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { readWhole } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { FILES } from "../storage/names.ts";
import { codeOf, corrupt, rolledBack } from "../storage/trouble.ts";
import type { DataKey } from "./data-key.ts";
import { foreignKeyfile, missingKeyfile, readKeyfile } from "./keyfile.ts";
import type { Keyfile } from "./keyfile.ts";
import { parseSlots, unlock } from "./slots.ts";
import type { Slot, Slots } from "./slots.ts";
import { parseVault } from "./vault-file.ts";

/** Where the files are that lead to the data key. */
export interface KeyPlace {
  readonly disk: Disk;
  readonly vaultFolder: string;
  readonly configFolder: string;
  readonly vaultId: Buffer;
  /** Opens a slot that needs one. */
  readonly passphrase?: Uint8Array;
  /** Lets the previous copy stand in for a missing `slots.json` too: for repairs. */
  readonly tolerant?: boolean;
  /** The vault has no name yet, and is given none beside damaged slots: no copy stands in. */
  readonly newborn?: boolean;
}

/** The data key of a vault, and all that lead to it. */
export interface Unlocked {
  readonly key: DataKey;
  readonly slots: readonly Slot[];
  readonly warnings: readonly string[];
}

/**
 * Key file → slot → data key, each checked against the other two and against the pinned key
 * check. A damaged `slots.json` gives way to its previous copy, with a warning, but not in a
 * newborn vault. Nothing is written. Rejects with `CORRUPT`, `WRONG_KEY`, `ROLLED_BACK` or
 * `UNSUPPORTED_FORMAT`.
 */
export async function unlockVault(place: KeyPlace): Promise<Unlocked> {
  const keyfilePath = join(place.configFolder, FILES.keyfile);
  const keyfile = await readKeyfile(place.disk, keyfilePath);
  if (keyfile === undefined) throw missingKeyfile(keyfilePath);
  const first = join(place.vaultFolder, FILES.slots);
  try {
    return { ...(await unlockWith(place, keyfile, first)), warnings: [] };
  } catch (failure) {
    if (place.newborn === true) throw failure;
    const gone = place.disk.identify(first) === undefined;
    if (!mayBeDamage(failure) || (gone && place.tolerant !== true)) throw failure;
    const previous = join(place.vaultFolder, FILES.slotsPrevious);
    const opened = await attempt(() => unlockWith(place, keyfile, previous));
    if (opened === undefined) throw failure;
    const warning = `${first} is damaged; ${previous} was used: copy it over the damaged one`;
    return { ...opened, warnings: [warning] };
  }
}

/** Rejects with `CORRUPT` when `vault.json` is not there or does not name this vault. */
export async function verifyVaultFile(disk: Disk, folder: string, vaultId: Buffer): Promise<void> {
  const path = join(folder, FILES.vault);
  if (!parseVault(await readNamed(disk, path), path).equals(vaultId)) throw otherVault(path);
}

async function unlockWith(
  place: KeyPlace,
  keyfile: Keyfile,
  path: string,
): Promise<Omit<Unlocked, "warnings">> {
  const slots = parseSlots(await readNamed(place.disk, path), path);
  sameVaultOrThrow(place, keyfile, slots, path);
  const key = await unlock(slots, keyfile, path);
  if (!key.check.equals(keyfile.check)) {
    throw rolledBack(keyfile.path, `it was made for another data key than the one in ${path}`);
  }
  return { key, slots: slots.slots };
}

/** Three files name the vault; the one that disagrees with the other two is to blame. */
function sameVaultOrThrow(place: KeyPlace, keyfile: Keyfile, slots: Slots, path: string): void {
  const { vaultId, vaultFolder } = place;
  if (slots.vaultId.equals(vaultId) && keyfile.vaultId.equals(vaultId)) return;
  if (slots.vaultId.equals(vaultId)) {
    throw foreignKeyfile(keyfile.path, "it is the key file of another vault");
  }
  if (slots.vaultId.equals(keyfile.vaultId)) {
    throw otherVault(join(vaultFolder, FILES.vault));
  }
  throw corrupt(path, "it belongs to another vault");
}

function otherVault(path: string): StrongroomError {
  return corrupt(path, "it names another vault than the files beside it");
}

function mayBeDamage(failure: unknown): boolean {
  return (
    failure instanceof StrongroomError &&
    (failure.code === "CORRUPT" ||
      failure.code === "WRONG_KEY" ||
      failure.code === "UNSUPPORTED_FORMAT")
  );
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

/** A small file's content; a missing one is `CORRUPT`. */
export async function readNamed(disk: Disk, path: string): Promise<Buffer> {
  try {
    return await readWhole(disk, path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw corrupt(path, "it is missing beside the other files");
    throw error;
  }
}
