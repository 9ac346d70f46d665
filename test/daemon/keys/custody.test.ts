import { afterEach, describe, expect, test, vi } from "vitest";
import { pinPath } from "@strongroom/client/protocol";
import { newIdentity, recipientOf, unwrap } from "@strongroom/daemon/src/keys/age.ts";
import { Custody } from "@strongroom/daemon/src/keys/custody.ts";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import { commandDigest } from "@strongroom/daemon/src/keys/pin.ts";
import { fill, withNext } from "@strongroom/daemon/src/keys/slot.ts";
import { listDigest, parseSlots, slotsText } from "@strongroom/daemon/src/keys/slots.ts";
import { DiskVault } from "../../support/disk-vault.ts";
import { enumerate, summary } from "../../support/enumerate.ts";
import type { Acks } from "../../support/enumerate.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { COUNTED_MS, size } from "../../support/size.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import { TestSources } from "../../support/test-sources.ts";
import { TestClock } from "../../support/vault.ts";

const SLOTS = `${HOME.vault}/slots.json`;
const PREVIOUS = `${HOME.vault}/slots.previous.json`;
const IDENTITY = await newIdentity();
const RECIPIENT = await recipientOf(IDENTITY);
const SECOND = await recipientOf(await newIdentity());

afterEach(() => vi.restoreAllMocks());

async function opened(disk = new SimulatedDisk()): Promise<OpaqueVault> {
  return await OpaqueVault.open(disk, { clock: () => Date.UTC(2030, 0, 1, 12) });
}

/** Outside the vault one list of slots is known at most: the one that stands there twice. */
function expectOneList(disk: SimulatedDisk): void {
  const path = pinPath(HOME.state, HOME.vault);
  if (!disk.world.files().includes(path)) return;
  const { slots, vaultId } = parseSlots(disk.world.peek(SLOTS), SLOTS);
  const digest = listDigest(vaultId, slots);
  expect(disk.world.peek(path).toString()).toContain(`"slots":["${digest}"]`);
  expect(disk.world.peek(PREVIOUS)).toEqual(disk.world.peek(SLOTS));
}

/** The data key as an identity opens it from the slots on a disk. */
async function openedWith(disk: SimulatedDisk, identity: string): Promise<DataKey> {
  const { slots, vaultId } = parseSlots(disk.world.peek(SLOTS), SLOTS);
  const recipient = await recipientOf(identity);
  const slot = slots.find((each) => each.recipient === recipient);
  const wrapped = Buffer.from(slot?.wrapped ?? "", "base64");
  return new DataKey(await unwrap(wrapped, identity, SLOTS), vaultId);
}

describe("a slot that is added", () => {
  test("opens the data key, is on the disk, and is proved by what was read back", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const added = await vault.opened.custody.add({
      type: "recipient",
      recipient: RECIPIENT,
      label: "safe",
    });
    const after = disk.reboot({ kind: "drop" });
    const key = await openedWith(after, IDENTITY);
    expect(added).toMatchObject({
      type: "recipient",
      recipient: RECIPIENT,
      label: "safe",
      slot: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      addedAt: Date.UTC(2030, 0, 1, 12),
      vault: vault.opened.vaultId,
      check: key.check.toString("hex"),
    });
    expect(after.world.peek(SLOTS).toString()).toContain(added.wrapped);
    expect(after.world.peek(PREVIOUS)).toEqual(after.world.peek(SLOTS));
    const again = await OpaqueVault.open(after);
    expect(again.opened.custody.list().map(({ type }) => type)).toEqual(["keyfile", "recipient"]);
    expect(again.opened.warnings).toEqual([]);
  });

  test("is for whom backups are from then on", async () => {
    const vault = await opened();
    await vault.opened.custody.add({ type: "recipient", recipient: RECIPIENT });
    expect(vault.opened.custody.recipients).toEqual([
      expect.stringMatching(/^age1/) as string,
      RECIPIENT,
    ]);
  });

  test("is there once, however often it is asked for", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const first = await vault.opened.custody.add({ type: "recipient", recipient: RECIPIENT });
    const sites = disk.sites.length;
    expect(await vault.opened.custody.add({ type: "recipient", recipient: RECIPIENT })).toEqual(
      first,
    );
    expect(disk.sites).toHaveLength(sites);
  });

  test("is refused when it is no recipient, and when there are too many", async () => {
    const vault = await opened();
    const { custody } = vault.opened;
    const broken = `${RECIPIENT.slice(0, -1)}${RECIPIENT.endsWith("q") ? "p" : "q"}`;
    await expect(custody.add({ type: "recipient", recipient: broken })).rejects.toMatchObject({
      code: "INVALID",
    });
    for (let slots = 1; slots < 16; slots += 1) {
      const recipient = await recipientOf(await newIdentity());
      await custody.add({ type: "recipient", recipient });
    }
    await expect(custody.add({ type: "recipient", recipient: RECIPIENT })).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
    expect(custody.list()).toHaveLength(16);
  });

  test("does not put damaged slots in place of their good copy", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const good = disk.world.peek(PREVIOUS);
    disk.world.poke(SLOTS, Buffer.from("{}"));
    await expect(
      vault.opened.custody.add({ type: "recipient", recipient: RECIPIENT }),
    ).rejects.toMatchObject({ code: "CORRUPT", message: expect.stringContaining(SLOTS) as string });
    expect(disk.world.peek(PREVIOUS)).toEqual(good);
  });

  test("finds no room without harm, and is of unknown outcome when the disk fails", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const before = disk.world.peek(SLOTS);
    disk.trouble = "full";
    const add = (): Promise<unknown> =>
      vault.opened.custody.add({ type: "recipient", recipient: RECIPIENT });
    await expect(add()).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(disk.world.peek(SLOTS)).toEqual(before);
    expect(vault.opened.custody.list()).toHaveLength(1);
    disk.trouble = "none";
    vi.spyOn(disk, "syncFolder").mockRejectedValue(Object.assign(new Error("io"), { code: "EIO" }));
    await expect(add()).rejects.toMatchObject({
      code: "DURABILITY_UNKNOWN",
      message: expect.stringContaining(HOME.vault) as string,
    });
  });

  test("is refused where it may not write, by the name of the file, and nothing has changed", async () => {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const before = disk.world.peek(SLOTS);
    const denied = Object.assign(new Error("denied"), { code: "EACCES", path: `${HOME.state}/x` });
    vi.spyOn(disk, "create").mockRejectedValue(denied);
    const add = (): Promise<unknown> =>
      vault.opened.custody.add({ type: "recipient", recipient: RECIPIENT });
    await expect(add()).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining(`${HOME.state}/x`) as string,
    });
    expect(disk.world.peek(SLOTS)).toEqual(before);
    vi.restoreAllMocks();
    await add();
  });

  test("is refused in a vault that is read-only, and nothing is written", async () => {
    const disk = new SimulatedDisk();
    await (await opened(disk)).close();
    disk.trouble = "full";
    const reader = await opened(disk);
    expect(reader.opened.mode).toBe("read-only");
    disk.trouble = "none";
    const sites = disk.sites.length;
    await expect(
      reader.opened.custody.add({ type: "recipient", recipient: RECIPIENT }),
    ).rejects.toMatchObject({ code: "READ_ONLY" });
    expect(disk.sites).toHaveLength(sites);
  });
});

test("a vault that an identity opens is known outside its folder", async () => {
  const disk = new SimulatedDisk();
  const vault = await opened(disk);
  const path = pinPath(HOME.state, HOME.vault);
  expect(disk.world.files()).not.toContain(path);
  await vault.opened.custody.add({ type: "recipient", recipient: RECIPIENT });
  expect(disk.world.peek(path).toString()).toContain(vault.opened.vaultId);
});

describe("slots of before that somebody put back under a running daemon", () => {
  async function changed(): Promise<{ vault: OpaqueVault; disk: SimulatedDisk; before: Buffer }> {
    const disk = new SimulatedDisk();
    const vault = await opened(disk);
    const { slot } = await vault.opened.custody.add({ type: "recipient", recipient: RECIPIENT });
    const before = disk.world.peek(SLOTS);
    const reseal = (): Promise<void> => Promise.reject(new Error("nothing is to be sealed anew"));
    await vault.opened.custody.remove({ slot, keepDataKey: true }, reseal);
    return { vault, disk, before };
  }

  test("are refused by whatever would give them another key, with what mends them", async () => {
    const { before, disk, vault } = await changed();
    const { custody } = vault.opened;
    disk.world.poke(SLOTS, before);
    const never = (): Promise<void> => Promise.reject(new Error("nothing is to be sealed anew"));
    const [keyfile] = custody.list();
    for (const work of [
      () => custody.add({ type: "recipient", recipient: SECOND }),
      () => custody.rekey(never),
      () => custody.remove({ slot: keyfile?.slot ?? "" }, never),
      () => custody.verify(),
    ]) {
      await expect(work()).rejects.toMatchObject({
        code: "CORRUPT",
        hint: expect.stringContaining(`cp ${PREVIOUS} ${SLOTS}`) as string,
      });
    }
    expect(disk.world.peek(SLOTS)).toEqual(before);
    disk.world.poke(SLOTS, disk.world.peek(PREVIOUS));
    await custody.add({ type: "recipient", recipient: SECOND });
    expect(custody.list().map(({ recipient }) => recipient)).not.toContain(RECIPIENT);
  });

  test("get no slot more while two data keys stand in them: they are settled first", async () => {
    const { disk, vault } = await changed();
    const { custody } = vault.opened;
    const { slots } = parseSlots(disk.world.peek(SLOTS), SLOTS);
    const old = custody.key;
    const next = new DataKey(Buffer.alloc(32, 3), old.vaultId);
    const both = await Promise.all(slots.map((slot) => withNext(slot, next)));
    const his = await fill({ type: "recipient", recipient: RECIPIENT }, old);
    const halfway = new Custody({
      folders: { disk, vault: HOME.vault, config: HOME.config, state: HOME.state },
      backups: HOME.backups,
      key: next,
      slots: both,
      half: old,
      restored: undefined,
      readOnly: undefined,
      now: () => Date.UTC(2030, 0, 1, 12),
    });
    disk.world.poke(SLOTS, Buffer.from(slotsText(both, old, next)));
    await halfway.verify();
    // By who knows the data key of before.
    disk.world.poke(SLOTS, Buffer.from(slotsText([...both, his], old)));
    await expect(halfway.verify()).rejects.toMatchObject({ code: "CORRUPT" });
    await halfway.add({ type: "recipient", recipient: SECOND });
    const there = parseSlots(disk.world.peek(SLOTS), SLOTS);
    expect(there.slots.map(({ recipient }) => recipient)).not.toContain(RECIPIENT);
    expect(there.slots.some((slot) => slot.next !== undefined)).toBe(false);
    await halfway.verify();
  });
});

describe("slots of before, of the same data key, that somebody put back while no daemon ran,", () => {
  /** A program's slot has ended, and its data key has not. */
  async function ended(): Promise<{ disk: SimulatedDisk; before: Buffer; digest: string }> {
    const disk = new SimulatedDisk();
    const sources = new TestSources();
    const vault = await OpaqueVault.open(disk, { sources });
    const argv = ["/usr/bin/pass", "show"];
    sources.programs.set(argv.join(" "), IDENTITY);
    const { custody } = vault.opened;
    const { slot } = await custody.add({ type: "command", argv });
    const before = disk.world.peek(SLOTS);
    const never = (): Promise<void> => Promise.reject(new Error("nothing is to be sealed anew"));
    await custody.remove({ slot, keepDataKey: true }, never);
    await vault.close();
    return { disk, before, digest: commandDigest(argv) };
  }

  const PIN = pinPath(HOME.state, HOME.vault);

  test("are refused, and their program is not among those that may run", async () => {
    const { before, digest, disk } = await ended();
    for (const path of [SLOTS, PREVIOUS]) disk.world.poke(path, before);
    await expect(opened(disk)).rejects.toMatchObject({
      code: "ROLLED_BACK",
      message: expect.stringContaining(SLOTS) as string,
      hint: expect.stringContaining(`rm ${PIN}`) as string,
    });
    expect(disk.world.peek(PIN).toString()).not.toContain(digest);
    await disk.unlink(PIN);
    expect((await opened(disk)).opened.custody.list()).toHaveLength(2);
  });

  test("give way to the copy of those of now, which is told and left to the owner", async () => {
    const { before, disk } = await ended();
    disk.world.poke(SLOTS, before);
    const vault = await opened(disk);
    expect(vault.opened.custody.list()).toHaveLength(1);
    expect(vault.opened.warnings).toEqual([expect.stringContaining(PREVIOUS) as string]);
    expect(disk.world.peek(SLOTS)).toEqual(before);
  });

  test("are taken where no list was noted yet, as by earlier releases, and noted then", async () => {
    const { before, disk } = await ended();
    const noted = disk.world.peek(PIN).toString();
    disk.world.poke(PIN, Buffer.from(noted.replace(/,"slots":\[[^\]]*\]/u, "")));
    for (const path of [SLOTS, PREVIOUS]) disk.world.poke(path, before);
    const vault = await opened(disk);
    expect(vault.opened.custody.list()).toHaveLength(2);
    await vault.close();
    const { slots, vaultId } = parseSlots(before, SLOTS);
    expect(disk.world.peek(PIN).toString()).toContain(`"slots":["${listDigest(vaultId, slots)}"]`);
  });
});

test("a slot of a kind that only a later release knows is kept, with all that is in it", async () => {
  const disk = new SimulatedDisk();
  const vault = await opened(disk);
  const keyfile = disk.world.peek(`${HOME.config}/keyfile`).toString();
  const key = await openedWith(disk, /^AGE-SECRET-KEY-1.*$/m.exec(keyfile)?.[0] ?? "");
  const { slots } = parseSlots(disk.world.peek(SLOTS), SLOTS);
  const later = { type: "later", work: 18, wrapped: "YWdl" };
  disk.world.poke(SLOTS, Buffer.from(slotsText([...slots, later], key)));
  await vault.close();
  const again = await opened(disk);
  expect(again.opened.custody.list()).toHaveLength(2);
  await again.opened.custody.add({ type: "recipient", recipient: RECIPIENT });
  expect(disk.world.peek(SLOTS).toString()).toContain(JSON.stringify(later));
  expect((await opened(disk)).opened.custody.list()).toHaveLength(3);
});

describe("the newest backup", () => {
  const noon = Date.UTC(2030, 0, 1, 12);

  async function at(clock: () => number): Promise<OpaqueVault> {
    return await OpaqueVault.open(new SimulatedDisk(), { clock });
  }

  test("is of when its name says, and there is none at first", async () => {
    const vault = await at(() => noon + 1234);
    expect(await vault.opened.custody.backupAt()).toBeUndefined();
    await vault.opened.sealBackup([Buffer.from("a")]);
    expect(await vault.opened.custody.backupAt()).toBe(noon + 1000);
  });

  test("counts only when every slot opens it", async () => {
    let now = noon + 100;
    const vault = await at(() => now);
    await vault.opened.sealBackup([Buffer.from("a")]);
    now += 100;
    await vault.opened.custody.add({ type: "recipient", recipient: RECIPIENT });
    expect(await vault.opened.custody.backupAt()).toBeUndefined();
    now += 100;
    await vault.opened.sealBackup([Buffer.from("a")]);
    expect(await vault.opened.custody.backupAt()).toBe(noon);
  });

  test("does not count when it is of a day that has not come", async () => {
    let now = noon + 3 * 86_400_000;
    const vault = await at(() => now);
    await vault.opened.sealBackup([Buffer.from("a")]);
    now = noon;
    expect(await vault.opened.custody.backupAt()).toBeUndefined();
  });
});

describe("adding a slot, failed at every call in every way,", () => {
  const CALLER = { actor: "owner", signal: new AbortController().signal };
  async function workload(disk: SimulatedDisk, acks: Acks<string>): Promise<void> {
    const vault = await DiskVault.openWritable(disk, new TestClock());
    const add = (recipient: string): Promise<unknown> =>
      vault.engine.execute("slot/add", { type: "recipient", recipient }, CALLER);
    await acks.run("set", async () => {
      await vault.engine.execute("secret/set", { name: "a", value: "1" }, CALLER);
    });
    for (const recipient of [RECIPIENT, SECOND]) {
      await acks.run(recipient, async () => void (await add(recipient)));
    }
    const slot = vault.opened.custody.list().find(({ recipient }) => recipient === SECOND)?.slot;
    if (slot !== undefined) {
      await acks.run("remove", async () => {
        await vault.engine.execute("slot/remove", { slot, keepDataKey: true }, CALLER);
      });
    }
    await vault.close();
  }

  async function check(disk: SimulatedDisk, acks: Acks<string>): Promise<void> {
    const vault = await DiskVault.openWritable(disk, new TestClock());
    const of = (what: string): string | undefined =>
      acks.entries.find(({ operation }) => operation === what)?.outcome;
    const { secrets } = await vault.engine.execute("vault/read", { names: ["a"] }, CALLER);
    if (of("set") === "acknowledged") expect(secrets[0]?.value).toBe("1");
    const recipients = vault.opened.custody.list().map(({ recipient }) => recipient);
    const isKept = [undefined, "refused"].includes(of("remove"));
    for (const recipient of isKept ? [RECIPIENT, SECOND] : [RECIPIENT]) {
      if (of(recipient) === "acknowledged") expect(recipients).toContain(recipient);
      if (of(recipient) === "refused") expect(recipients).not.toContain(recipient);
    }
    if (of("remove") === "acknowledged") expect(recipients).not.toContain(SECOND);
    expect(vault.opened.warnings.filter((line) => line.includes("slots"))).toEqual([]);
    if (of(RECIPIENT) === "acknowledged") {
      const key = await openedWith(disk, IDENTITY);
      expect(key.vaultId.toString("hex")).toBe(vault.opened.vaultId);
    }
    await vault.close();
    expectOneList(disk);
  }

  test(
    "leaves a vault that opens with the old key, and with the new one if that was acknowledged",
    { timeout: COUNTED_MS },
    async () => {
      const seed = Number(process.env["STRONGROOM_SEED"] ?? 1);
      const strides = { stride: size(7, 1), recoveryStride: size(0, 23) };
      const result = await enumerate({ workload, check, ...strides, seed });
      console.log(`slots: ${summary(result, seed)}`);
      expect(result.violations).toEqual([]);
      expect(result.sites).toBeGreaterThanOrEqual(40);
    },
  );
});
