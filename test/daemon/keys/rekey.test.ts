import { afterEach, describe, expect, test, vi } from "vitest";
import { pinPath } from "@strongroom/client/protocol";
import { newIdentity, recipientOf } from "@strongroom/daemon/src/keys/age.ts";
import { readKeyfile } from "@strongroom/daemon/src/keys/keyfile.ts";
import { listDigest, parseSlots } from "@strongroom/daemon/src/keys/slots.ts";
import { salvage } from "@strongroom/daemon/src/storage/repair.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { DiskVault } from "../../support/disk-vault.ts";
import { enumerate, summary } from "../../support/enumerate.ts";
import type { Acks } from "../../support/enumerate.ts";
import { HOME } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import { COUNTED_MS, size } from "../../support/size.ts";
import { TestClock } from "../../support/vault.ts";

const CALLER = { actor: "owner", signal: new AbortController().signal };
const RECIPIENT = await recipientOf(await newIdentity());
const SLOTS = `${HOME.vault}/slots.json`;
const PREVIOUS = `${HOME.vault}/slots.previous.json`;
const KEYFILE = `${HOME.config}/keyfile`;

afterEach(() => vi.restoreAllMocks());

async function opened(disk: SimulatedDisk): Promise<DiskVault> {
  return await DiskVault.openWritable(disk, new TestClock());
}

async function set(vault: DiskVault, name: string, value: string): Promise<void> {
  await vault.engine.execute("secret/set", { name, value }, CALLER);
}

async function get(vault: DiskVault, name: string): Promise<string | undefined> {
  const { secrets } = await vault.engine.execute("vault/read", { names: [name] }, CALLER);
  return secrets[0]?.value;
}

/** Every key check that the files of a home name. */
async function checks(disk: SimulatedDisk): Promise<readonly string[]> {
  const keyfile = await readKeyfile(disk, KEYFILE);
  const marks = disk.world.files().filter((path) => path.endsWith(".mark"));
  const [mark = ""] = marks;
  return [keyfile?.check ?? Buffer.alloc(0), disk.world.peek(mark).subarray(24, 40)].map((check) =>
    check.toString("hex"),
  );
}

describe("a rekey", () => {
  test("puts everything under a new data key, and nothing of the old one stays", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    await set(vault, "a", "1");
    await vault.engine.execute("slot/add", { type: "recipient", recipient: RECIPIENT }, CALLER);
    const before = vault.opened.custody.key.check.toString("hex");
    const wraps = parseSlots(disk.world.peek(SLOTS), SLOTS).slots.map(({ wrapped }) => wrapped);
    await vault.engine.execute("vault/rekey", {}, CALLER);
    const after = vault.opened.custody.key.check.toString("hex");
    expect(after).not.toBe(before);
    await set(vault, "b", "2");
    expect((await vault.engine.execute("vault/verify", {}, CALLER)).ok).toBe(true);
    const there = disk.reboot({ kind: "drop" });
    expect(await checks(there)).toEqual([after, after]);
    for (const path of [SLOTS, PREVIOUS]) {
      const text = there.world.peek(path).toString();
      expect(text).not.toContain('"next"');
      for (const wrapped of wraps) expect(text).not.toContain(wrapped);
    }
    const again = await opened(there);
    expect(again.opened.warnings).toEqual([]);
    expect(await get(again, "a")).toBe("1");
    expect(await get(again, "b")).toBe("2");
    expect(again.opened.custody.list()).toHaveLength(2);
  });

  test("leaves request ids what they were, after an opening too", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const params = { name: "a", value: "1", requestId: "once", seen: 0 };
    const first = await vault.engine.execute("secret/set", params, CALLER);
    await vault.engine.execute("vault/rekey", {}, CALLER);
    await vault.engine.execute("vault/rekey", {}, CALLER);
    expect(await vault.engine.execute("secret/set", params, CALLER)).toEqual(first);
    await vault.close();
    const again = await opened(disk.reboot());
    expect(await again.engine.execute("secret/set", params, CALLER)).toEqual(first);
  });

  test("leaves older backups open to the key file", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const before = vault.opened.custody.key.check;
    await vault.engine.execute("vault/rekey", {}, CALLER);
    await vault.engine.execute("vault/rekey", {}, CALLER);
    const keyfile = await readKeyfile(disk, KEYFILE);
    expect(keyfile?.earlier?.map((check) => check.toString("hex"))).toContain(
      before.toString("hex"),
    );
  });

  test("lets a copy of the key file from before it open the vault, and brings it up to date", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const copy = disk.world.peek(KEYFILE);
    await vault.engine.execute("vault/rekey", {}, CALLER);
    const { check } = vault.opened.custody.key;
    await vault.close();
    const there = disk.reboot();
    there.world.poke(KEYFILE, copy);
    await (await opened(there)).close();
    expect((await readKeyfile(there, KEYFILE))?.check).toEqual(check);
  });

  test("is refused when a slot would be lost, and on a full disk changes nothing", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const before = disk.world.peek(SLOTS);
    disk.trouble = "full";
    await expect(vault.engine.execute("vault/rekey", {}, CALLER)).rejects.toMatchObject({
      code: "DISK_FULL",
    });
    disk.trouble = "none";
    expect(disk.world.peek(SLOTS)).toEqual(before);
    await set(vault, "a", "1");
  });
});

/** A home after a rekey, in which these files are as they were before it. */
async function putBack(isOlder: (path: string) => boolean): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const vault = await opened(disk);
  await set(vault, "a", "1");
  const old = disk.world.clone();
  await vault.engine.execute("vault/rekey", {}, CALLER);
  await vault.close();
  const there = disk.reboot();
  for (const path of there.world.files()) if (isOlder(path)) there.world.remove(path);
  for (const path of old.files()) if (isOlder(path)) there.world.poke(path, old.peek(path));
  return there;
}

test("an older vault put back under a newer key is refused", async () => {
  const there = await putBack((path) => path.startsWith(HOME.vault));
  await expect(opened(there)).rejects.toMatchObject({ code: "ROLLED_BACK" });
});

test("an older vault put back with an older key file is refused for the pin, by a repair too", async () => {
  const there = await putBack((path) => path.startsWith(HOME.vault) || path === KEYFILE);
  const pin = pinPath(HOME.state, HOME.vault);
  const refusal = {
    code: "ROLLED_BACK",
    message: expect.stringContaining(pin) as string,
    hint: expect.stringContaining("strongroom daemon restart") as string,
  };
  await expect(opened(there)).rejects.toMatchObject(refusal);
  await expect(salvage({ disk: there, home: HOME, sink: new VaultState() })).rejects.toMatchObject(
    refusal,
  );
});

/** The home as a rekey leaves it that is killed when its new snapshot has its name. */
async function halfWay(): Promise<SimulatedDisk> {
  const whole = new SimulatedDisk();
  const rehearsal = await opened(whole);
  await set(rehearsal, "a", "1");
  await rehearsal.engine.execute("vault/rekey", {}, CALLER);
  const named = whole.sites.findLastIndex(
    ({ kind, path }) => kind === "rename" && path.includes("snapshot."),
  );
  const disk = new SimulatedDisk(undefined, { site: named + 1, action: "kill-after" });
  const vault = await opened(disk);
  await set(vault, "a", "1");
  await vault.engine.execute("vault/rekey", {}, CALLER).catch(() => {});
  return disk.reboot();
}

describe("a rekey that was killed when everything was under the new key", () => {
  test("goes on under that key at the next opening", async () => {
    const disk = await halfWay();
    expect(disk.world.peek(SLOTS).toString()).toContain('"next"');
    const [before] = await checks(disk);
    const vault = await opened(disk);
    expect(await get(vault, "a")).toBe("1");
    await vault.close();
    const [after] = await checks(disk);
    expect(after).not.toBe(before);
    expect(disk.world.peek(SLOTS).toString()).not.toContain('"next"');
  });

  test("changes no slot while the mark cannot be written, and then goes on", async () => {
    const disk = await halfWay();
    const create = disk.create.bind(disk);
    vi.spyOn(disk, "create").mockImplementation(async (path) => {
      if (!path.endsWith(".mark.tmp")) return await create(path);
      throw Object.assign(new Error("denied"), { code: "EACCES" });
    });
    const held = await opened(disk);
    vi.restoreAllMocks();
    const add = { type: "recipient", recipient: RECIPIENT } as const;
    for (const work of [
      () => held.engine.execute("slot/add", add, CALLER),
      () => held.engine.execute("vault/rekey", {}, CALLER),
      () => held.engine.execute("slot/remove", { slot: "0".repeat(16) }, CALLER),
    ]) {
      await expect(work()).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining(".mark") as string,
        hint: expect.stringContaining("strongroom daemon restart") as string,
      });
    }
    await held.close();
    const vault = await opened(disk);
    expect(await get(vault, "a")).toBe("1");
    await vault.engine.execute("slot/add", add, CALLER);
    await vault.close();
    expect((await opened(disk)).opened.custody.list()).toHaveLength(2);
  });

  test("can be read where nothing can be written, and is saved whole by a repair", async () => {
    const disk = await halfWay();
    const saved = new VaultState();
    expect(await salvage({ disk, home: HOME, sink: saved })).toMatchObject({ lost: [] });
    expect(saved.counters.live).toBe(1);
    disk.trouble = "read-only";
    const reader = await DiskVault.open(disk, new TestClock());
    expect(reader.opened.mode).toBe("read-only");
    expect(await get(reader, "a")).toBe("1");
    expect((await reader.engine.execute("vault/verify", {}, CALLER)).ok).toBe(true);
    disk.trouble = "none";
    expect(disk.world.peek(SLOTS).toString()).toContain('"next"');
  });
});

describe("a rekey and the end of a slot, failed at every call in every way,", () => {
  async function workload(disk: SimulatedDisk, acks: Acks<string>): Promise<void> {
    const vault = await opened(disk);
    const run = async (what: string, work: () => Promise<unknown>): Promise<void> =>
      acks.run(what, async () => void (await work()));
    await run("set a", () => set(vault, "a", "1"));
    await run("add", () =>
      vault.engine.execute("slot/add", { type: "recipient", recipient: RECIPIENT }, CALLER),
    );
    await run("rekey", () => vault.engine.execute("vault/rekey", {}, CALLER));
    await run("set b", () => set(vault, "b", "1"));
    const slot = vault.opened.custody.list().find(({ type }) => type === "recipient")?.slot;
    if (slot !== undefined) {
      await run("remove", () => vault.engine.execute("slot/remove", { slot }, CALLER));
    }
    await run("set c", () => set(vault, "c", "1"));
    await vault.close();
  }

  async function check(disk: SimulatedDisk, acks: Acks<string>): Promise<void> {
    const vault = await opened(disk);
    const of = (what: string): string | undefined =>
      acks.entries.find(({ operation }) => operation === what)?.outcome;
    for (const name of ["a", "b", "c"]) {
      if (of(`set ${name}`) === "acknowledged") expect(await get(vault, name)).toBe("1");
    }
    const types = vault.opened.custody.list().map(({ type }) => type);
    expect(types).toContain("keyfile");
    if (of("remove") === "acknowledged") expect(types).not.toContain("recipient");
    if (of("add") === "acknowledged" && [undefined, "refused"].includes(of("remove"))) {
      expect(types).toContain("recipient");
    }
    await vault.opened.custody.verify();
    await set(vault, "d", "1");
    expect((await vault.engine.execute("vault/verify", {}, CALLER)).ok).toBe(true);
    const known = vault.opened.custody.key.check.toString("hex");
    await vault.close();
    expect(await checks(disk)).toEqual([known, known]);
    expect(disk.world.peek(SLOTS).toString()).not.toContain('"next"');
    expect(disk.world.peek(PREVIOUS)).toEqual(disk.world.peek(SLOTS));
    const pin = pinPath(HOME.state, HOME.vault);
    if (!disk.world.files().includes(pin)) return;
    const { slots, vaultId } = parseSlots(disk.world.peek(SLOTS), SLOTS);
    const digest = listDigest(vaultId, slots);
    expect(disk.world.peek(pin).toString()).toContain(`"slots":["${digest}"]`);
  }

  test(
    "leaves a vault that opens under the old or the new key, with all that was acknowledged",
    { timeout: COUNTED_MS },
    async () => {
      const seed = Number(process.env["STRONGROOM_SEED"] ?? 1);
      const strides = { stride: size(11, 1), recoveryStride: size(0, 23) };
      const result = await enumerate({ workload, check, ...strides, seed });
      console.log(`rekey: ${summary(result, seed)}`);
      expect(result.violations).toEqual([]);
      expect(result.sites).toBeGreaterThanOrEqual(90);
    },
  );
});
