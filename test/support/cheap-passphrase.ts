import { join } from "node:path";
import { systemSources } from "@strongroom/daemon/src/keys/ways.ts";
import { NodeDisk } from "@strongroom/daemon/src/storage/node-disk.ts";
import { DiskVault } from "./disk-vault.ts";
import type { Throwaway } from "./throwaway.ts";

/**
 * Gives the vault of a home a slot with a passphrase that costs next to nothing to try: for tests
 * that try many, and are about something else. Its daemon is stopped for it.
 */
export async function addCheapPassphrase(place: Throwaway, passphrase: string): Promise<void> {
  await place.cli(["daemon", "stop"]);
  const folder = (name: string): string => join(place.home, name);
  const home = {
    vault: folder("vault"),
    config: folder("config"),
    state: folder("state"),
    backups: folder("backups"),
  };
  const vault = await DiskVault.open(new NodeDisk(), undefined, {
    home,
    mayCreate: false,
    sources: { ...systemSources, logN: 10 },
  });
  await vault.opened.custody.add({ type: "passphrase", passphrase });
  await vault.close();
}
