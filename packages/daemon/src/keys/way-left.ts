import { commandDigest } from "./pin.ts";
import type { SlotStore } from "./slot-store.ts";
import type { Slot } from "./slot.ts";
import { unattended, unattendedIdentity } from "./ways.ts";
import type { Sources } from "./ways.ts";

/**
 * Whether one of the slots that would be left is known to open: there is a passphrase, or the key
 * file lies where it should, or a program or keychain gives its key now. Programs of slots are run.
 */
export async function isWayLeft(
  rest: readonly Slot[],
  store: SlotStore,
  sources: Sources,
  vaultId: Buffer,
): Promise<boolean> {
  if (rest.some(({ type }) => type === "passphrase")) return true;
  for (const slot of rest) if ((await store.keyfileOf(slot)) !== undefined) return true;
  // Last, as they take their time.
  for (const slot of unattended(rest)) {
    const allowed = [commandDigest(slot.argv ?? [])];
    const identity = unattendedIdentity(slot, vaultId, allowed, sources);
    if (await identity.then(Boolean, () => false)) return true;
  }
  return false;
}

/** Whether who owns one of these slots can show it: the others give their key to the daemon alone. */
export async function isProofLeft(rest: readonly Slot[], store: SlotStore): Promise<boolean> {
  if (rest.some(({ type }) => type === "passphrase" || type === "recipient")) return true;
  const files = await Promise.all(rest.map((slot) => store.keyfileOf(slot)));
  return files.some((file) => file !== undefined);
}
