import { join } from "node:path";
import { pinPath } from "@strongroom/client/protocol";
import { readWhole } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { FILES } from "../storage/names.ts";
import type { DataKey } from "./data-key.ts";
import { readKeyfile, repinKeyfile } from "./keyfile.ts";
import { commandDigest, readPin, writePin } from "./pin.ts";
import { settled } from "./slot.ts";
import type { Slot } from "./slot.ts";
import { replaceBoth, slotsText } from "./slots.ts";

/** Where the files of the keys are. */
export interface KeyFolders {
  readonly disk: Disk;
  readonly vault: string;
  readonly config: string;
  readonly state: string;
}

/** The slots once only one data key is left: `next`, or the one from before. */
export function slotsUnder(slots: readonly Slot[], which: "next" | "wrapped"): readonly Slot[] {
  return slots
    .filter((slot) => which === "wrapped" || slot.next !== undefined)
    .map((slot) => settled(slot, which));
}

/**
 * Ends what a rekey began: what lies outside the vault folder comes to know the data key that
 * the files are under, and only then does the other one go. The mark must know it before. Each
 * step may be repeated.
 */
export async function settleRekey(
  folders: KeyFolders,
  slots: readonly Slot[],
  key: DataKey,
): Promise<void> {
  await pinKey(folders, slots, key, true);
  await repin(folders, slots, key);
  await replaceBoth(folders.disk, folders.vault, slotsText(slots, key));
}

/**
 * Writes the pin where it is of use: when the vault opens without its key file, or has a pin
 * already, or `always`.
 */
export async function pinKey(
  folders: KeyFolders,
  slots: readonly Slot[],
  key: DataKey,
  always = false,
): Promise<void> {
  const { disk, state, vault } = folders;
  const path = pinPath(state, vault);
  const needed = slots.some(({ type }) => type !== "keyfile");
  if (!always && !needed && (await readPin(disk, path)) === undefined) return;
  const commands = slots.flatMap(({ type, argv }) =>
    type === "command" && argv !== undefined ? [commandDigest(argv)] : [],
  );
  await writePin(disk, path, { vaultId: key.vaultId, check: key.check, commands });
}

/** What an opening that may write makes good, and what it has to say of the key file. */
export async function tidy(
  folders: KeyFolders,
  slots: readonly Slot[],
  key: DataKey,
): Promise<readonly string[]> {
  const { disk, vault } = folders;
  await pinKey(folders, slots, key);
  const warnings = await repin(folders, slots, key);
  if (await isHalfWay(disk, join(vault, FILES.slotsPrevious))) {
    await replaceBoth(disk, vault, slotsText(slots, key));
  }
  return warnings;
}

async function repin(
  { disk, config }: KeyFolders,
  slots: readonly Slot[],
  key: DataKey,
): Promise<readonly string[]> {
  const path = join(config, FILES.keyfile);
  let keyfile: Awaited<ReturnType<typeof readKeyfile>>;
  try {
    keyfile = await readKeyfile(disk, path);
  } catch {
    return [`${path} cannot be used; the vault was opened without it`];
  }
  if (keyfile === undefined) return [];
  const ours = slots.some(({ recipient }) => recipient === keyfile.recipient);
  if (!ours || !keyfile.vaultId.equals(key.vaultId)) {
    return [`${path} does not open this vault: remove it, or put the right one there`];
  }
  if (!keyfile.check.equals(key.check)) await repinKeyfile(disk, keyfile, key.check);
  return [];
}

/** Whether a copy of the slots still holds two data keys. */
async function isHalfWay(disk: Disk, path: string): Promise<boolean> {
  try {
    return (await readWhole(disk, path)).includes('"next":"');
  } catch {
    return false;
  }
}
