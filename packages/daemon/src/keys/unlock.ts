import { join } from "node:path";
import { pinPath, StrongroomError } from "@strongroom/client/protocol";
import { readWhole } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { FILES } from "../storage/names.ts";
import { codeOf, corrupt } from "../storage/trouble.ts";
import type { DataKey } from "./data-key.ts";
import { readKeyfile } from "./keyfile.ts";
import type { Keyfile } from "./keyfile.ts";
import { readPin } from "./pin.ts";
import { isSound, openSlot } from "./slot.ts";
import type { Slot } from "./slot.ts";
import { authenticateSlots, parseSlots } from "./slots.ts";
import type { Slots } from "./slots.ts";
import { demandKnownList, judgeTrust } from "./trust.ts";
import type { Anchors, Found, Trust } from "./trust.ts";
import { parseVault } from "./vault-file.ts";
import { wayIn } from "./way-in.ts";
import type { Brought } from "./way-in.ts";
import type { Sources } from "./ways.ts";

/** Where the files are that lead to the data key. */
export interface KeyPlace extends Brought {
  readonly disk: Disk;
  readonly vaultFolder: string;
  readonly configFolder: string;
  readonly stateFolder: string;
  readonly vaultId: Buffer;
  /** Where programs and keychains are; those of the system unless told. */
  readonly sources?: Sources | undefined;
  /** Lets the previous copy stand in for a missing `slots.json` too: for repairs. */
  readonly tolerant?: boolean;
  /** The vault has no name yet, and is given none beside damaged slots: no copy stands in. */
  readonly newborn?: boolean;
}

/** The data key of a vault, and all that lead to it. */
export interface Unlocked {
  readonly key: DataKey;
  /** The data key that a rekey was about to put in its place: the files may be under either. */
  readonly next?: DataKey | undefined;
  /** Why `next` could not be had, though a rekey is under way: what else it would take. */
  readonly wanting?: StrongroomError | undefined;
  /** Whether `next` was already believed outside the vault: then the files are under it. */
  readonly advanced: boolean;
  readonly slots: readonly Slot[];
  readonly warnings: readonly string[];
}

/**
 * A way → slot → data key, each checked against the others and against what is pinned outside
 * the vault folder. The ways: an identity that is brought, else in this order the key file, slots that open with nobody there, the
 * passphrase. A damaged `slots.json` gives way to its previous copy, with a warning, but not in a
 * newborn vault. Nothing is written. Rejects with `LOCKED` when only a passphrase is wanting, else
 * with `CORRUPT`, `WRONG_KEY`, `ROLLED_BACK`, `UNSUPPORTED_FORMAT`, or what a slot's source says.
 */
export async function unlockVault(place: KeyPlace): Promise<Unlocked> {
  const anchors = await anchorsOf(place);
  const first = join(place.vaultFolder, FILES.slots);
  try {
    return await unlockWith(place, anchors, first);
  } catch (failure) {
    if (place.newborn === true) throw failure;
    const gone = place.disk.identify(first) === undefined;
    if (!mayBeDamage(failure, place) || (gone && place.tolerant !== true)) throw failure;
    const previous = join(place.vaultFolder, FILES.slotsPrevious);
    try {
      const opened = await unlockWith(place, anchors, previous);
      const warning = `${first} is damaged, or another; ${previous} was used: copy it over that`;
      return { ...opened, warnings: [...opened.warnings, warning] };
    } catch (second) {
      throw isAboutBrought(second, place) ? second : failure;
    }
  }
}

/** Rejects with `CORRUPT` when `vault.json` is not there or does not name this vault. */
export async function verifyVaultFile(disk: Disk, folder: string, vaultId: Buffer): Promise<void> {
  const path = join(folder, FILES.vault);
  if (!parseVault(await readNamed(disk, path), path).equals(vaultId)) throw otherVault(path);
}

async function anchorsOf(place: KeyPlace): Promise<Anchors> {
  const { disk, configFolder, stateFolder, vaultFolder } = place;
  const path = pinPath(stateFolder, vaultFolder);
  const pin = await readPin(disk, path);
  let keyfile: Keyfile | StrongroomError | undefined;
  try {
    keyfile = await readKeyfile(disk, join(configFolder, FILES.keyfile));
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    keyfile = error;
  }
  return { keyfile, pin, pinPath: path };
}

async function unlockWith(place: KeyPlace, anchors: Anchors, path: string): Promise<Unlocked> {
  const slots = parseSlots(await readNamed(place.disk, path), path);
  for (const slot of slots.slots) {
    if (!(await isSound(slot))) throw corrupt(path, "a slot in it is damaged");
  }
  sameVaultOrThrow(place, anchors, slots, path);
  const { slot, identity, wanting } = await wayIn(place, anchors, slots, path);
  const key = await openSlot(slot, identity, slots.vaultId, path);
  authenticateSlots(slots, key, path);
  // What it is wrapped in can be copied: it is there when who knows that key says so.
  const next =
    slot.next === undefined
      ? undefined
      : await openSlot({ wrapped: slot.next }, identity, slots.vaultId, path);
  if (next !== undefined) authenticateSlots(slots, next, path, "nextMac");
  const trust = trusted(anchors, { key, next, path }, wanting);
  demandKnownList(anchors, { key, next, path }, slots);
  return { key, next, wanting, slots: slots.slots, ...trust };
}

function trusted(anchors: Anchors, found: Found, wanting: StrongroomError | undefined): Trust {
  try {
    return judgeTrust(anchors, found);
  } catch (error) {
    // It may be the key that followed which is believed.
    throw wanting ?? error;
  }
}

/** Several files name the vault; the one that disagrees with the others is to blame. */
function sameVaultOrThrow(place: KeyPlace, anchors: Anchors, slots: Slots, path: string): void {
  const { vaultId, vaultFolder } = place;
  if (slots.vaultId.equals(vaultId)) return;
  const { keyfile, pin } = anchors;
  const known = [
    keyfile instanceof StrongroomError ? undefined : keyfile?.vaultId,
    pin === "damaged" ? undefined : pin?.vaultId,
  ];
  if (known.some((each) => each !== undefined && slots.vaultId.equals(each))) {
    throw otherVault(join(vaultFolder, FILES.vault));
  }
  throw corrupt(path, "it belongs to another vault");
}

function otherVault(path: string): StrongroomError {
  return corrupt(path, "it names another vault than the files beside it");
}

/** What the previous copy may mend. A wrong passphrase, or identity, is nobody's damage. */
function mayBeDamage(failure: unknown, place: KeyPlace): boolean {
  if (!(failure instanceof StrongroomError)) return false;
  if (failure.code === "WRONG_KEY") return !isBrought(place);
  return ["CORRUPT", "ROLLED_BACK", "UNSUPPORTED_FORMAT"].includes(failure.code);
}

function isAboutBrought(failure: unknown, place: KeyPlace): boolean {
  if (!(failure instanceof StrongroomError)) return false;
  return failure.code === "LOCKED" || (failure.code === "WRONG_KEY" && isBrought(place));
}

function isBrought({ identity, passphrase }: Brought): boolean {
  return identity !== undefined || passphrase !== undefined;
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
