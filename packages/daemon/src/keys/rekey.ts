import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { FILES } from "../storage/names.ts";
import { DataKey, fresh, KEY_BYTES } from "./data-key.ts";
import { readKeyfile } from "./keyfile.ts";
import { find } from "./new-slot.ts";
import type { KeyFolders } from "./settle.ts";
import { openSlot, slotId, withNext } from "./slot.ts";
import type { Slot } from "./slot.ts";

/** A data key that is to follow another one of the same vault. */
export function nextKey(key: DataKey): DataKey {
  const bytes = fresh(KEY_BYTES);
  const next = new DataKey(bytes, key.vaultId);
  bytes.fill(0);
  return next;
}

/**
 * The slots with both data keys in them, `without` one that is to end with the old key. That the
 * key file opens the new one is tried. Rejects with `UNSUPPORTED_FORMAT` when a slot is of a kind
 * that cannot be wrapped for here: it would be lost.
 */
export async function twoKeys(
  folders: KeyFolders,
  slots: readonly Slot[],
  next: DataKey,
  without: string | undefined,
): Promise<readonly Slot[]> {
  const both: Slot[] = [];
  for (const slot of slots) {
    const ends = slotId(slot) === without;
    if (!ends && slot.recipient === undefined) throw unknownKind(slot);
    both.push(ends ? slot : await withNext(slot, next));
  }
  const path = join(folders.config, FILES.keyfile);
  const keyfile = await readKeyfile(folders.disk, path);
  const wrapped = find(both, keyfile?.recipient)?.next;
  if (keyfile !== undefined && wrapped !== undefined) {
    const opened = await openSlot({ wrapped }, keyfile.identity, next.vaultId, "the new slots");
    if (!opened.check.equals(next.check)) throw new TypeError("the new key does not open");
  }
  return both;
}

function unknownKind(slot: Slot): StrongroomError {
  const id = slotId(slot);
  return new StrongroomError(
    "UNSUPPORTED_FORMAT",
    `slot ${id} is of a kind that cannot be given a new key here`,
    { hint: `use the release that knows it, or: strongroom slot remove ${id} --keep-data-key` },
  );
}
