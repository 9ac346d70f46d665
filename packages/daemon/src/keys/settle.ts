import { join } from "node:path";
import { pinPath } from "@strongroom/client/protocol";
import type { Restored } from "@strongroom/client/protocol";
import { readWhole } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { FILES } from "../storage/names.ts";
import type { DataKey } from "./data-key.ts";
import { readKeyfile, repinKeyfile } from "./keyfile.ts";
import { commandDigest, readPin, writePin } from "./pin.ts";
import { restoredText, UNREADABLE } from "./restored.ts";
import { settled } from "./slot.ts";
import type { Slot } from "./slot.ts";
import { listDigest, replaceBoth, replaceOne, slotsText } from "./slots.ts";

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
 * the files are under, so does the notice of what it was `restored` from, and only then does the
 * other one go. The mark must know it before. Each step may be repeated.
 */
export async function settleRekey(
  folders: KeyFolders,
  slots: readonly Slot[],
  key: DataKey,
  restored: Restored | undefined,
): Promise<void> {
  await pinKey(folders, slots, key, { always: true, changing: true });
  await repin(folders, slots, key);
  if (restored !== undefined && restored !== UNREADABLE) {
    await replaceOne(folders.disk, folders.vault, FILES.restored, restoredText(restored, key));
  }
  await changeSlots(folders, slots, key, { always: true });
}

/**
 * Puts a list of slots, with `next` while that is to follow the data key, in place of the one that
 * stands there and of its copy. While it changes the pin knows both lists, afterwards the new alone.
 */
export async function changeSlots(
  folders: KeyFolders,
  slots: readonly Slot[],
  key: DataKey,
  { always = false, next }: { readonly always?: boolean; readonly next?: DataKey } = {},
): Promise<void> {
  await pinKey(folders, slots, key, { always, changing: true });
  await replaceBoth(folders.disk, folders.vault, slotsText(slots, key, next));
  await pinKey(folders, slots, key, { always });
}

/**
 * Writes the pin where it is of use: when the vault opens without its key file, or has a pin
 * already, or `always`. These slots are the only ones from then on, but while they are `changing`.
 */
async function pinKey(
  folders: KeyFolders,
  slots: readonly Slot[],
  key: DataKey,
  { always = false, changing = false }: { readonly always?: boolean; readonly changing?: boolean },
): Promise<void> {
  const { disk, state, vault } = folders;
  const path = pinPath(state, vault);
  const needed = slots.some(({ type }) => type !== "keyfile");
  const now = await readPin(disk, path);
  if (!always && !needed && now === undefined) return;
  const commands = slots.flatMap(({ type, argv }) =>
    type === "command" && argv !== undefined ? [commandDigest(argv)] : [],
  );
  const digest = listDigest(key.vaultId, slots);
  const known = changing ? listsIn(now, key.vaultId) : [];
  const lists = known === undefined ? undefined : [...new Set([digest, ...known])];
  await writePin(disk, path, { vaultId: key.vaultId, check: key.check, commands, slots: lists });
}

/** The lists of slots that a pin knows for a vault; undefined when any may stand there. */
function listsIn(
  pin: Awaited<ReturnType<typeof readPin>>,
  vaultId: Buffer,
): readonly string[] | undefined {
  return pin === "damaged" || pin?.vaultId.equals(vaultId) !== true ? undefined : pin.slots;
}

/** What an opening that may write makes good, and what it has to say of the key file. */
export async function tidy(
  folders: KeyFolders,
  slots: readonly Slot[],
  key: DataKey,
): Promise<readonly string[]> {
  const { disk, vault } = folders;
  await pinKey(folders, slots, key, {});
  const warnings = await repin(folders, slots, key);
  const text = slotsText(slots, key);
  const stands = async (name: string): Promise<boolean> =>
    await holds(disk, join(vault, name), text);
  // One that is damaged is left to be looked at.
  if ((await stands(FILES.slots)) && !(await stands(FILES.slotsPrevious))) {
    await replaceOne(disk, vault, FILES.slotsPrevious, text);
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

async function holds(disk: Disk, path: string, text: string): Promise<boolean> {
  try {
    return (await readWhole(disk, path)).toString("utf8") === text;
  } catch {
    return false;
  }
}
