import { describe, expect, test } from "vitest";
import type { StrongroomError } from "@strongroom/client/protocol";
import { newIdentity, recipientOf } from "@strongroom/daemon/src/keys/age.ts";
import { unlockVault } from "@strongroom/daemon/src/keys/unlock.ts";
import type { Unlocked } from "@strongroom/daemon/src/keys/unlock.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const FILES = {
  keyfile: `${HOME.config}/keyfile`,
  slots: `${HOME.vault}/slots.json`,
  previous: `${HOME.vault}/slots.previous.json`,
  vault: `${HOME.vault}/vault.json`,
} as const;

interface Locked {
  readonly disk: SimulatedDisk;
  readonly vaultId: Buffer;
}

async function locked(): Promise<Locked> {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  await vault.close();
  return { disk: disk.reboot(), vaultId: Buffer.from(vault.opened.vaultId, "hex") };
}

async function unlock({ disk, vaultId }: Locked, tolerant = false): Promise<Unlocked> {
  const place = {
    disk,
    vaultFolder: HOME.vault,
    configFolder: HOME.config,
    stateFolder: HOME.state,
  };
  const unlocked = unlockVault({ ...place, vaultId, tolerant });
  await unlocked.catch(() => {});
  expect(disk.sites, "nothing is written").toEqual([]);
  return await unlocked;
}

/** Puts files of `other` over those of `one`. */
function mix(one: Locked, other: Locked, ...names: readonly (keyof typeof FILES)[]): void {
  for (const name of names) one.disk.world.poke(FILES[name], other.disk.world.peek(FILES[name]));
}

test("key file, slot and data key together open the vault", async () => {
  const vault = await locked();
  const { key, slots, warnings } = await unlock(vault);
  expect(key.vaultId).toEqual(vault.vaultId);
  expect(slots).toMatchObject([
    { type: "keyfile", recipient: expect.stringMatching(/^age1/u) as string },
  ]);
  expect(warnings).toEqual([]);
});

describe("of three files that name the vault, the one that disagrees is refused:", () => {
  test("the key file", async () => {
    const vault = await locked();
    mix(vault, await locked(), "keyfile");
    await expect(unlock(vault)).rejects.toMatchObject({
      code: "WRONG_KEY",
      message: expect.stringContaining(FILES.keyfile),
    });
  });

  test("slots.json", async () => {
    const vault = await locked();
    mix(vault, await locked(), "slots", "previous");
    await expect(unlock(vault)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining(FILES.slots),
    });
  });

  test("vault.json", async () => {
    const vault = await locked();
    const { vaultId } = await locked();
    await expect(unlock({ ...vault, vaultId })).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining(FILES.vault),
    });
  });
});

test("a data key other than the one pinned in the key file is ROLLED_BACK", async () => {
  const vault = await locked();
  const text = vault.disk.world.peek(FILES.keyfile).toString();
  const pinned = text.replace(/key check [0-9a-f]{4}/u, "key check 0000");
  vault.disk.world.poke(FILES.keyfile, Buffer.from(pinned));
  await expect(unlock(vault)).rejects.toMatchObject({
    code: "ROLLED_BACK",
    message: expect.stringContaining(FILES.keyfile),
  });
});

test("a missing key file is CORRUPT, and named", async () => {
  const vault = await locked();
  vault.disk.world.remove(FILES.keyfile);
  await expect(unlock(vault)).rejects.toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining(FILES.keyfile),
  });
});

test("a missing key file names what an identity that is elsewhere opens, and the way to a new one", async () => {
  const hintOf = async (vault: Locked): Promise<string> => {
    vault.disk.world.remove(FILES.keyfile);
    return await unlock(vault).then(String, (error: StrongroomError) => error.hint);
  };
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  const recipient = await recipientOf(await newIdentity());
  await vault.opened.custody.add({ type: "recipient", recipient });
  await vault.close();
  const vaultId = Buffer.from(vault.opened.vaultId, "hex");
  const commands = "strongroom unlock --identity FILE; strongroom slot add keyfile";
  expect(await hintOf({ disk: disk.reboot(), vaultId })).toContain(commands);
  expect(await hintOf(await locked())).toContain(commands);
});

describe("the previous copy of the slots", () => {
  test("stands in for damaged ones, with a warning", async () => {
    const vault = await locked();
    vault.disk.world.poke(FILES.slots, Buffer.from("{"));
    const { key, warnings } = await unlock(vault);
    expect(key.vaultId).toEqual(vault.vaultId);
    expect(warnings).toEqual([expect.stringContaining(`${FILES.slots} is damaged`)]);
  });

  test("stands in for missing ones in a repair alone", async () => {
    const vault = await locked();
    vault.disk.world.remove(FILES.slots);
    await expect(unlock(vault)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining(FILES.slots),
    });
    expect((await unlock(vault, true)).key.vaultId).toEqual(vault.vaultId);
  });

  test("when damaged too, leaves the first failure to report", async () => {
    const vault = await locked();
    vault.disk.world.poke(FILES.slots, Buffer.from("{"));
    vault.disk.world.poke(FILES.previous, Buffer.from("{"));
    await expect(unlock(vault)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining(`${FILES.slots}:`),
    });
  });

  test("is not asked when the slots cannot be read: that is no damage", async () => {
    const vault = await locked();
    vault.disk.world.planted.set(FILES.slots, "EACCES");
    await expect(unlock(vault)).rejects.toMatchObject({ code: "EACCES" });
  });
});
