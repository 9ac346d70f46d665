import { describe, expect, test } from "vitest";
import { newIdentity } from "@strongroom/daemon/src/keys/age.ts";
import { DiskVault } from "../../support/disk-vault.ts";
import { enumerate, summary } from "../../support/enumerate.ts";
import type { Acks } from "../../support/enumerate.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import { COUNTED_MS, size } from "../../support/size.ts";
import { TestSources } from "../../support/test-sources.ts";
import { TestClock } from "../../support/vault.ts";

const SLOTS = `${HOME.vault}/slots.json`;
const KEYFILE = `${HOME.config}/keyfile`;
const ARGV = ["/usr/bin/pass", "show", "strongroom"];
const PASSPHRASE = "correct horse";

interface Scene {
  readonly disk: SimulatedDisk;
  readonly sources: TestSources;
  readonly vault: OpaqueVault;
}

async function scene(): Promise<Scene> {
  const disk = new SimulatedDisk();
  const sources = new TestSources();
  const vault = await OpaqueVault.open(disk, { sources, clock: () => 1000 });
  await vault.append("one");
  return { disk, sources, vault };
}

/** The vault opened anew, on a machine that lost its power, without the key file. */
async function reopened({ disk, sources }: Scene, passphrase?: string): Promise<OpaqueVault> {
  const there = disk.reboot({ kind: "drop" });
  if (there.world.files().includes(KEYFILE)) there.world.remove(KEYFILE);
  const given = passphrase === undefined ? {} : { passphrase: Buffer.from(passphrase) };
  return await OpaqueVault.open(there, { sources, ...given });
}

describe("a new slot opens the vault without the key file when it is of", () => {
  test("a passphrase", async () => {
    const at = await scene();
    const added = await at.vault.opened.custody.add({ type: "passphrase", passphrase: PASSPHRASE });
    expect(added).toMatchObject({ type: "passphrase", addedAt: 1000 });
    expect(JSON.stringify(added)).not.toContain(PASSPHRASE);
    await expect(reopened(at)).rejects.toMatchObject({ code: "LOCKED" });
    const again = await reopened({ ...at, disk: at.disk.reboot() }, PASSPHRASE);
    expect(again.texts).toEqual(["one"]);
    expect(again.opened.warnings).toEqual([]);
  });

  test("a program", async () => {
    const at = await scene();
    at.sources.programs.set(ARGV.join(" "), await newIdentity());
    const added = await at.vault.opened.custody.add({ type: "command", argv: ARGV });
    expect(added).toMatchObject({ type: "command", argv: ARGV });
    expect((await reopened(at)).texts).toEqual(["one"]);
  });

  test("the keychain", async () => {
    const at = await scene();
    await at.vault.opened.custody.add({ type: "keychain", label: "login" });
    expect(at.sources.kept.size).toBe(1);
    expect((await reopened(at)).texts).toEqual(["one"]);
  });
});

describe("a slot is refused, and nothing is written, when", () => {
  test("its program gives no identity, or fails", async () => {
    const { disk, sources, vault } = await scene();
    const before = disk.world.peek(SLOTS);
    const add = (): Promise<unknown> => vault.opened.custody.add({ type: "command", argv: ARGV });
    await expect(add()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    sources.programs.set(ARGV.join(" "), "hunter2");
    const failure = await add().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "INVALID" });
    expect(JSON.stringify(failure)).not.toContain("hunter2");
    expect(disk.world.peek(SLOTS)).toEqual(before);
  });

  test("the keychain gives back something else than it was given", async () => {
    const { disk, sources, vault } = await scene();
    const before = disk.world.peek(SLOTS);
    const other = await newIdentity();
    Object.assign(sources.keychain, { read: () => Promise.resolve(other) });
    await expect(vault.opened.custody.add({ type: "keychain" })).rejects.toMatchObject({
      code: "CORRUPT",
    });
    expect(disk.world.peek(SLOTS)).toEqual(before);
  });
});

describe("the end of a slot", () => {
  const reseal = (vault: OpaqueVault) => (key: Parameters<typeof vault.log.replace>[1]) =>
    vault.log.replace(vault.state.records(), key);

  async function slotOf(vault: OpaqueVault, type: string): Promise<string> {
    const found = vault.opened.custody.list().find((slot) => slot.type === type);
    return await Promise.resolve(found?.slot ?? "");
  }

  test("is refused for the last way in, though a recipient is left", async () => {
    const { disk, vault } = await scene();
    const { custody } = vault.opened;
    await custody.add({
      type: "recipient",
      recipient: "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm",
    });
    const before = disk.world.files();
    const slot = await slotOf(vault, "keyfile");
    await expect(custody.remove({ slot }, reseal(vault))).rejects.toMatchObject({
      code: "DENIED",
      hint: expect.stringContaining("strongroom slot add") as string,
    });
    expect(disk.world.files()).toEqual(before);
    await expect(custody.remove({ slot: "0123456789abcdef" }, reseal(vault))).rejects.toMatchObject(
      { code: "NOT_FOUND" },
    );
  });

  test("is refused where what would be left does not open: its key file, or program, is gone", async () => {
    const { disk, sources, vault } = await scene();
    const { custody } = vault.opened;
    await custody.add({ type: "passphrase", passphrase: "correct horse" });
    sources.programs.set(ARGV.join(" "), await newIdentity());
    await custody.add({ type: "command", argv: ARGV });
    const keyfile = disk.world.peek(KEYFILE);
    disk.world.poke(KEYFILE, Buffer.from("junk"));
    sources.programs.clear();
    const slot = await slotOf(vault, "passphrase");
    for (const keepDataKey of [true, false]) {
      const refused = custody.remove({ slot, keepDataKey }, reseal(vault));
      await expect(refused).rejects.toMatchObject({ code: "DENIED" });
    }
    // A damaged one is in the way of another, and says how to put it aside.
    await expect(custody.add({ type: "keyfile" })).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      hint: `mv -n ${KEYFILE} ${KEYFILE}.old`,
    });
    disk.world.remove(KEYFILE);
    await expect(custody.remove({ slot }, reseal(vault))).rejects.toMatchObject({ code: "DENIED" });
    // The same key, in a file that says that it is another vault's: the next start would refuse it.
    const foreign = keyfile.toString().replace(vault.opened.vaultId, "0".repeat(32));
    disk.world.poke(KEYFILE, Buffer.from(foreign));
    await expect(custody.remove({ slot }, reseal(vault))).rejects.toMatchObject({ code: "DENIED" });
    await expect(custody.add({ type: "keyfile" })).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      hint: `mv -n ${KEYFILE} ${KEYFILE}.old`,
    });
    expect(custody.list()).toHaveLength(3);
    disk.world.poke(KEYFILE, keyfile);
    await custody.remove({ slot }, reseal(vault));
    expect(custody.list()).toHaveLength(2);
  });

  test.each([true, false])(
    "of the key file takes that away, and another can be made (keepDataKey %s)",
    async (keepDataKey) => {
      const at = await scene();
      const { disk, sources, vault } = at;
      const { custody } = vault.opened;
      const copy = disk.world.peek(KEYFILE);
      const { check } = custody.key;
      sources.programs.set(ARGV.join(" "), await newIdentity());
      await custody.add({ type: "command", argv: ARGV });
      const slot = await slotOf(vault, "keyfile");
      const removed = await custody.remove({ slot, keepDataKey }, reseal(vault));
      expect(removed).toEqual({
        slot,
        type: "keyfile",
        rekeyed: !keepDataKey,
        removedFile: KEYFILE,
      });
      expect(custody.key.check.equals(check)).toBe(keepDataKey);
      expect(disk.world.files()).not.toContain(KEYFILE);
      const there = disk.reboot({ kind: "drop" });
      expect(there.world.files()).not.toContain(KEYFILE);
      const again = await OpaqueVault.open(there, { sources });
      expect(again.texts).toEqual(["one"]);
      await again.close();
      // A copy of the file opens nothing any more, and keeps nobody out.
      there.world.poke(KEYFILE, copy);
      const third = await OpaqueVault.open(there, { sources });
      expect(third.opened.warnings).toEqual([expect.stringContaining(KEYFILE) as string]);
      const refused = third.opened.custody.add({ type: "keyfile" });
      await expect(refused).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
      there.world.remove(KEYFILE);
      await third.opened.custody.add({ type: "keyfile" });
      await third.close();
      sources.programs.clear();
      expect((await OpaqueVault.open(there.reboot(), { sources })).texts).toEqual(["one"]);
    },
  );

  test("of the keychain takes what is kept there away", async () => {
    const { sources, vault } = await scene();
    await vault.opened.custody.add({ type: "keychain" });
    const slot = await slotOf(vault, "keychain");
    await vault.opened.custody.remove({ slot }, reseal(vault));
    expect(sources.kept.size).toBe(0);
  });
});

test("the key file is killed in its going: the passphrase alone opens what is under the new key", async () => {
  async function removal(disk: SimulatedDisk): Promise<void> {
    const vault = await OpaqueVault.open(disk);
    await vault.append("one");
    const { custody } = vault.opened;
    await custody.add({ type: "passphrase", passphrase: PASSPHRASE });
    const slot = custody.list().find(({ type }) => type === "keyfile")?.slot ?? "";
    await custody.remove({ slot }, (key) => vault.log.replace(vault.state.records(), key));
  }
  const whole = new SimulatedDisk();
  await removal(whole);
  const site = whole.sites.findLastIndex(
    ({ kind, path }) => kind === "rename" && path.includes("snapshot."),
  );
  const disk = new SimulatedDisk(undefined, { site: site + 1, action: "kill-after" });
  await expect(removal(disk)).rejects.toThrow();
  const there = disk.reboot();
  await expect(OpaqueVault.open(there)).rejects.toMatchObject({ code: "LOCKED" });
  const other = OpaqueVault.open(there, { passphrase: Buffer.from("other") });
  await expect(other).rejects.toMatchObject({ code: "WRONG_KEY" });
  const again = await OpaqueVault.open(there, { passphrase: Buffer.from(PASSPHRASE) });
  expect(again.texts).toEqual(["one"]);
  expect(again.opened.custody.list().map(({ type }) => type)).toEqual(["passphrase"]);
  expect(again.opened.warnings).toEqual([expect.stringContaining(KEYFILE) as string]);
});

describe("a program that takes the place of the key file, failed at every call in every way,", () => {
  const CALLER = { actor: "owner", signal: new AbortController().signal };
  const sources = new TestSources();

  async function opened(disk: SimulatedDisk): Promise<DiskVault> {
    const open = (): Promise<DiskVault> => DiskVault.open(disk, new TestClock(), { sources });
    const vault = await open().catch(open);
    if (vault.opened.mode === "read-write") return vault;
    await vault.close();
    return await open();
  }

  async function workload(disk: SimulatedDisk, acks: Acks<string>): Promise<void> {
    const vault = await opened(disk);
    const { engine } = vault;
    const run = async (what: string, work: () => Promise<unknown>): Promise<void> =>
      acks.run(what, async () => void (await work()));
    await run("set", () => engine.execute("secret/set", { name: "a", value: "1" }, CALLER));
    await run("add", () => engine.execute("slot/add", { type: "command", argv: ARGV }, CALLER));
    const slot = vault.opened.custody.list().find(({ type }) => type === "keyfile")?.slot ?? "";
    if (vault.opened.custody.list().length === 2) {
      await run("remove", () => engine.execute("slot/remove", { slot }, CALLER));
    }
    await vault.close();
  }

  async function check(disk: SimulatedDisk, acks: Acks<string>): Promise<void> {
    const of = (what: string): string | undefined =>
      acks.entries.find(({ operation }) => operation === what)?.outcome;
    const vault = await opened(disk);
    const { secrets } = await vault.engine.execute("vault/read", { names: ["a"] }, CALLER);
    if (of("set") === "acknowledged") expect(secrets[0]?.value).toBe("1");
    const types = vault.opened.custody.list().map(({ type }) => type);
    if (of("add") === "acknowledged") expect(types).toContain("command");
    if (of("remove") === "acknowledged") {
      expect(types).toEqual(["command"]);
      expect(disk.world.files()).not.toContain(KEYFILE);
    }
    if (of("remove") === "refused") expect(types).toContain("keyfile");
    await vault.close();
    // With the key file away it opens by the program as soon as that was acknowledged.
    if (of("add") !== "acknowledged") return;
    if (disk.world.files().includes(KEYFILE)) disk.world.remove(KEYFILE);
    await (await opened(disk)).close();
  }

  test("leaves a vault that one of the two opens", { timeout: COUNTED_MS }, async () => {
    sources.programs.set(ARGV.join(" "), await newIdentity());
    const seed = Number(process.env["STRONGROOM_SEED"] ?? 1);
    const strides = { stride: size(11, 1), recoveryStride: 0 };
    const result = await enumerate({ workload, check, ...strides, seed });
    console.log(`new slot: ${summary(result, seed)}`);
    expect(result.violations).toEqual([]);
    expect(result.sites).toBeGreaterThanOrEqual(90);
  });
});
