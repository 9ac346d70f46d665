import { describe, expect, test } from "vitest";
import { bear, nameVault } from "@strongroom/daemon/src/storage/birth.ts";
import { survey } from "@strongroom/daemon/src/storage/survey.ts";
import type { Unlocked } from "@strongroom/daemon/src/keys/unlock.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import type { FaultPlan } from "../../support/simulated-disk.ts";

const PLACE = { vaultFolder: "/v", configFolder: "/c", stateFolder: "/s", mayCreate: true };

async function born(disk: SimulatedDisk, mayCreate = true): Promise<Unlocked> {
  return await bear({ ...PLACE, disk, mayCreate }, await survey(disk, "/v"));
}

/** What a birth leaves that ends after so many calls. */
async function interrupted(site: number): Promise<SimulatedDisk> {
  const plan: FaultPlan = { site, action: "kill-after" };
  const disk = new SimulatedDisk(undefined, plan);
  await expect(born(disk)).rejects.toThrow();
  return disk.reboot();
}

async function sitesOfBirth(): Promise<readonly string[]> {
  const disk = new SimulatedDisk();
  await born(disk);
  return disk.sites.map(({ kind, path }) => `${kind} ${path.replace(/[0-9a-f]{16}/u, "*")}`);
}

test("the mark of a birth comes first, durably, then the slots, and last the key file", async () => {
  const sites = await sitesOfBirth();
  let at = -1;
  for (const site of [
    "create /v/vault.json.tmp",
    "sync /v/vault.json.tmp",
    "sync-folder /v",
    "create /v/slots.json",
    "create /v/slots.previous.json",
    "create /c/keyfile.*.tmp",
    "sync /c/keyfile.*.tmp",
    "link /c/keyfile",
    "sync-folder /c",
  ]) {
    const next = sites.indexOf(site, at + 1);
    expect(next, `${site} after call ${at + 1}`).toBeGreaterThan(at);
    at = next;
  }
  expect(sites.filter((site) => site.endsWith("/vault.json"))).toEqual([]);
});

test("without leave to make one there is nothing, and nothing is written", async () => {
  const disk = new SimulatedDisk();
  await expect(born(disk, false)).rejects.toMatchObject({
    code: "NOT_FOUND",
    hint: "strongroom init",
  });
  expect(disk.sites).toEqual([]);
});

describe("a birth that was interrupted", () => {
  test("before its key file had its name begins anew, after that it is gone on with", async () => {
    const sites = await sitesOfBirth();
    const linked = sites.indexOf("link /c/keyfile") + 1;
    for (let site = 1; site <= sites.length; site += 1) {
      const disk = await interrupted(site);
      const kept = site < linked ? undefined : disk.world.peek("/c/keyfile");
      const { key } = await born(disk);
      const keyfile = disk.world.peek("/c/keyfile");
      if (kept !== undefined) expect(keyfile, `after ${site}`).toEqual(kept);
      expect(keyfile.toString()).toContain(`# key check ${key.check.toString("hex")}`);
      const names = disk.world.files().filter((path) => path.endsWith(".tmp"));
      expect(names, `after ${site}`).toEqual(["/v/vault.json.tmp"]);
    }
  });

  test("is refused by name beside damaged slots, before an epoch is begun", async () => {
    const disk = new SimulatedDisk();
    await born(disk);
    disk.world.poke("/v/slots.json", disk.world.peek("/v/slots.json").subarray(0, 168));
    const before = disk.world.files();
    await expect(born(disk)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining("/v/slots.json"),
    });
    expect(disk.world.files()).toEqual(before);
  });

  test("is never begun anew beside an epoch, though its key file is gone", async () => {
    const disk = new SimulatedDisk();
    await born(disk);
    disk.world.poke("/v/claim.0000000000000001", Buffer.alloc(0));
    disk.world.remove("/c/keyfile");
    const before = disk.world.files();
    const sites = disk.sites.length;
    await expect(born(disk)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining("/c/keyfile"),
    });
    expect(disk.sites).toHaveLength(sites);
    expect(disk.world.files()).toEqual(before);
  });
});

test.each(["slots.json", "slots.previous.json", "claim.0000000000000001"])(
  "a %s without vault.json is a loss, and no place for a new vault",
  async (name) => {
    const disk = new SimulatedDisk();
    disk.world.poke(`/v/${name}`, Buffer.from("x"));
    await expect(born(disk)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining("/v/vault.json"),
    });
    expect(disk.sites).toEqual([]);
  },
);

describe("the naming of vault.json", () => {
  test("is the last step, and durable", async () => {
    const disk = new SimulatedDisk();
    const { key } = await born(disk);
    await nameVault({ disk, vaultFolder: "/v" }, key.vaultId);
    const after = disk.reboot({ kind: "drop" });
    expect(after.world.peek("/v/vault.json").toString()).toContain(key.vaultId.toString("hex"));
    expect(await after.list("/v")).toHaveLength(3);
  });

  test("is refused when another birth put its slots or its id there", async () => {
    const other = new SimulatedDisk();
    await born(other);
    for (const name of ["vault.json.tmp", "slots.json"]) {
      const disk = new SimulatedDisk();
      const { key } = await born(disk);
      disk.world.poke(`/v/${name}`, other.world.peek(`/v/${name}`));
      await expect(nameVault({ disk, vaultFolder: "/v" }, key.vaultId)).rejects.toMatchObject({
        code: "UNAVAILABLE",
      });
      expect(await disk.list("/v")).not.toContain("vault.json");
    }
  });
});
