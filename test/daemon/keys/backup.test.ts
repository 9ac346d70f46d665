import { expect, test } from "vitest";
import { readBackup } from "@strongroom/daemon/src/keys/backup.ts";
import { readKeyfile } from "@strongroom/daemon/src/keys/keyfile.ts";
import type { Keyfile } from "@strongroom/daemon/src/keys/keyfile.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const TEXTS = ["one", "", "x".repeat(200_000), "two"];

async function backedUp(): Promise<{ disk: SimulatedDisk; path: string; keyfile: Keyfile }> {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk, { clock: () => Date.UTC(2030, 0, 2, 3, 4, 5) });
  const path = await vault.opened.sealBackup(TEXTS.map((text) => Buffer.from(text)));
  return { disk, path, keyfile: await keyfileOf(disk) };
}

async function keyfileOf(disk: SimulatedDisk): Promise<Keyfile> {
  const keyfile = await readKeyfile(disk, `${HOME.config}/keyfile`);
  if (keyfile === undefined) throw new Error("there is no key file");
  return keyfile;
}

async function read(disk: SimulatedDisk, path: string, keyfile: Keyfile): Promise<string[]> {
  const texts: string[] = [];
  await readBackup(disk, path, keyfile, (record) => texts.push(Buffer.from(record).toString()));
  return texts;
}

test("a backup gives back its records, and survives a power cut", async () => {
  const { disk, path, keyfile } = await backedUp();
  expect(path).toMatch(/^\/home\/backups\/strongroom-20300102T030405Z-[0-9a-f]{8}\.age$/);
  const after = disk.reboot({ kind: "drop" });
  expect(await after.list(HOME.backups)).toHaveLength(1);
  expect(await read(after, path, keyfile)).toEqual(TEXTS);
  expect(after.world.peek(path).toString("latin1")).toMatch(/^age-encryption\.org\/v1\n-> X25519 /);
});

test("a backup that was changed or cut anywhere is CORRUPT, named", async () => {
  const { disk, path, keyfile } = await backedUp();
  const whole = disk.world.peek(path);
  for (const at of [0, 30, 100, 190, 300, 65_900, 150_000, whole.length - 1]) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(1 ^ (whole[at] ?? 0), at);
    for (const content of [damaged, whole.subarray(0, at)]) {
      disk.world.poke(path, content);
      await expect(read(disk, path, keyfile), `at ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(/^(CORRUPT|WRONG_KEY)$/),
        message: expect.stringContaining(path),
      });
    }
  }
});

test("another vault's key does not open it", async () => {
  const { disk, path } = await backedUp();
  const other = await backedUp();
  await expect(read(disk, path, other.keyfile)).rejects.toMatchObject({ code: "WRONG_KEY" });
});

test("a backup made with another data key is ROLLED_BACK", async () => {
  const { disk, path, keyfile } = await backedUp();
  const pinned = { ...keyfile, check: Buffer.alloc(16) };
  await expect(read(disk, path, pinned)).rejects.toMatchObject({ code: "ROLLED_BACK" });
});

test("a backup that finds no room leaves nothing behind", async () => {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  disk.trouble = "full";
  await expect(vault.opened.sealBackup([Buffer.alloc(100)])).rejects.toMatchObject({
    code: "DISK_FULL",
  });
  expect(await disk.list(HOME.backups)).toEqual([]);
});
