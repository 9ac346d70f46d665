import { join } from "node:path";
import { moveAside, pinPath, shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Restored } from "@strongroom/client/protocol";
import { DataKey, fresh, ID_BYTES, KEY_BYTES } from "../keys/data-key.ts";
import { newIdentity, recipientOf } from "../keys/age.ts";
import { missingKeyfile, publishKeyfile, sweepKeyfiles } from "../keys/keyfile.ts";
import { restoredText } from "../keys/restored.ts";
import { fill } from "../keys/slot.ts";
import type { Recipient } from "../keys/slot.ts";
import { createSlots, parseSlots, slotsText } from "../keys/slots.ts";
import { unlockVault } from "../keys/unlock.ts";
import type { Unlocked } from "../keys/unlock.ts";
import { parseVault, vaultText } from "../keys/vault-file.ts";
import { discard, readWhole, writeNew } from "./bytes.ts";
import type { Disk } from "./disk.ts";
import { FILES } from "./names.ts";
import type { Survey } from "./survey.ts";
import { corrupt } from "./trouble.ts";

/** What a new vault is given beside a key file. */
export interface Heritage {
  /** Who else may open it. */
  readonly recipients: readonly Recipient[];
  /** What it is made of; it says so until the owner confirms. */
  readonly restored?: Restored;
}

/** Where a vault is born. */
export interface Birthplace {
  readonly disk: Disk;
  readonly vaultFolder: string;
  readonly configFolder: string;
  readonly stateFolder: string;
  readonly mayCreate: boolean;
  readonly heritage?: Heritage | undefined;
}

/**
 * The keys of a vault that has no `vault.json`: of a new one, or of one whose birth was
 * interrupted. Until `vault.json` has its name nobody can have been told that anything is
 * stored, so a birth may begin anew as long as no key file was published for it.
 */
export async function bear(place: Birthplace, found: Survey): Promise<Unlocked> {
  const keyfilePath = join(place.configFolder, FILES.keyfile);
  const keyed = place.disk.identify(keyfilePath) !== undefined;
  const begun = found.names.has(FILES.vaultTemporary);
  const slotted = found.names.has(FILES.slots) || found.names.has(FILES.slotsPrevious);
  const pinned = pinPath(place.stateFolder, place.vaultFolder);
  if (place.disk.identify(pinned) !== undefined) throw missingBesidePin(place, pinned);
  if (!begun && (keyed || slotted || found.numbered.length > 0)) {
    throw missingVault(place, keyed && !slotted && found.numbered.length === 0);
  }
  if (!place.mayCreate) throw nothingHere(place.vaultFolder);
  const made = found.epochs("snapshot").length > 0;
  if (found.names.has(FILES.restored) && !made) throw halfRestored(place.vaultFolder);
  if (begun && keyed) return await resume(place);
  if (found.numbered.length > 0) throw missingKeyfile(keyfilePath, false);
  await sweepKeyfiles(place.disk, keyfilePath);
  await clear(place);
  return await begin(place, keyfilePath);
}

/**
 * The last step of a birth: from here on the vault exists. Should another birth have come
 * between, in spite of the lock, this one ends before anything can be stored in it.
 */
export async function nameVault(
  place: Pick<Birthplace, "disk" | "vaultFolder">,
  vaultId: Buffer,
): Promise<void> {
  const { disk, vaultFolder } = place;
  const temporary = join(vaultFolder, FILES.vaultTemporary);
  const slots = join(vaultFolder, FILES.slots);
  const named = parseVault(await readWhole(disk, temporary), temporary);
  const slotted = parseSlots(await readWhole(disk, slots), slots).vaultId;
  if (!named.equals(vaultId) || !slotted.equals(vaultId)) {
    throw new StrongroomError("UNAVAILABLE", `${temporary}: another process makes a vault here`, {
      hint: "strongroom status",
    });
  }
  await disk.rename(temporary, join(vaultFolder, FILES.vault));
  await disk.syncFolder(vaultFolder);
}

/** Slots first, durably: without the temporary `vault.json` they would look like a loss. */
async function clear(place: Birthplace): Promise<void> {
  const { disk, vaultFolder } = place;
  await discard(disk, join(vaultFolder, FILES.slots));
  await discard(disk, join(vaultFolder, FILES.slotsPrevious));
  await discard(disk, join(vaultFolder, FILES.restored));
  await disk.syncFolder(vaultFolder);
  await discard(disk, join(vaultFolder, FILES.vaultTemporary));
}

async function begin(place: Birthplace, keyfilePath: string): Promise<Unlocked> {
  const { disk, vaultFolder, heritage } = place;
  const vaultId = fresh(ID_BYTES);
  const key = new DataKey(fresh(KEY_BYTES), vaultId);
  await writeNew(disk, join(vaultFolder, FILES.vaultTemporary), Buffer.from(vaultText(vaultId)));
  await disk.syncFolder(vaultFolder);
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  const slots = [await fill({ type: "keyfile", recipient }, key)];
  for (const each of heritage?.recipients ?? []) {
    slots.push(await fill({ type: "recipient", ...each }, key));
  }
  if (heritage?.restored !== undefined) {
    const notice = Buffer.from(restoredText(heritage.restored, key));
    await writeNew(disk, join(vaultFolder, FILES.restored), notice);
  }
  // The name of the notice is durable with those of the slots: before there is a key.
  await createSlots(disk, vaultFolder, slotsText(slots, key));
  await publishKeyfile(disk, { path: keyfilePath, identity, recipient, vaultId, check: key.check });
  return { key, slots, advanced: false, warnings: [] };
}

/** What is seen here may never have reached the disk: the folders are synced again. */
async function resume(place: Birthplace): Promise<Unlocked> {
  await sweepKeyfiles(place.disk, join(place.configFolder, FILES.keyfile));
  await place.disk.syncFolder(place.vaultFolder);
  await place.disk.syncFolder(place.configFolder);
  const path = join(place.vaultFolder, FILES.vaultTemporary);
  const vaultId = parseVault(await readWhole(place.disk, path), path);
  return await unlockVault({ ...place, vaultId, newborn: true });
}

function missingVault(place: Birthplace, onlyKey: boolean): StrongroomError {
  const path = join(place.vaultFolder, FILES.vault);
  if (!onlyKey) return corrupt(path, "it is missing beside the other files");
  const keyfile = join(place.configFolder, FILES.keyfile);
  return new StrongroomError("CORRUPT", `${path}: it is missing, though ${keyfile} is there`, {
    hint: `put the vault back from a copy; for a new one: ${moveAside(keyfile)}; then: strongroom daemon restart`,
  });
}

/** A pin is made for a vault that has its name: to make another one here would hide a loss. */
function missingBesidePin(place: Birthplace, pin: string): StrongroomError {
  const path = join(place.vaultFolder, FILES.vault);
  return new StrongroomError("CORRUPT", `${path}: it is missing, though ${pin} knows of it`, {
    hint: `put the vault back from a copy; for a new one: rm ${shellWord(pin)}; then: strongroom daemon restart`,
  });
}

/** A vault that was to hold a backup must never come to life empty. */
function halfRestored(folder: string): StrongroomError {
  return new StrongroomError("CORRUPT", `${folder}: a restore was interrupted here`, {
    hint: "remove this home, then again: strongroom restore-backup FILE --to EMPTYDIR",
  });
}

function nothingHere(folder: string): StrongroomError {
  return new StrongroomError("NOT_FOUND", `there is no vault in ${folder}`, {
    hint: "strongroom init",
  });
}
