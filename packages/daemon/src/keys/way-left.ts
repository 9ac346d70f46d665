import { commandDigest } from "./pin.ts";
import type { SlotStore } from "./slot-store.ts";
import type { Slot } from "./slot.ts";
import { unattended, unattendedIdentity } from "./ways.ts";
import type { Sources } from "./ways.ts";

/**
 * Whether one of the slots that would be left is known to open: there is a passphrase, or the key
 * file lies where it should and names this vault, or a program or keychain gives its key now.
 * Programs of slots are run.
 */
export async function isWayLeft(
  rest: readonly Slot[],
  store: SlotStore,
  sources: Sources,
  vaultId: Buffer,
): Promise<boolean> {
  if (rest.some(({ type }) => type === "passphrase")) return true;
  if (await isKeyfileLeft(rest, store, vaultId)) return true;
  // Last, as they take their time.
  for (const slot of unattended(rest)) {
    const allowed = [commandDigest(slot.argv ?? [])];
    const identity = unattendedIdentity(slot, vaultId, allowed, sources);
    if (await identity.then(Boolean, () => false)) return true;
  }
  return false;
}

/** Whether who owns one of these slots can show it: the others give their key to the daemon alone. */
export async function isProofLeft(
  rest: readonly Slot[],
  store: SlotStore,
  vaultId: Buffer,
): Promise<boolean> {
  if (rest.some(({ type }) => type === "passphrase" || type === "recipient")) return true;
  return await isKeyfileLeft(rest, store, vaultId);
}

/** One that names another vault is refused at the next start, whatever it opens. */
async function isKeyfileLeft(
  rest: readonly Slot[],
  store: SlotStore,
  vaultId: Buffer,
): Promise<boolean> {
  const files = await Promise.all(rest.map((slot) => store.keyfileOf(slot)));
  return files.some((file) => file?.vaultId.equals(vaultId) === true);
}
