import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { encodeMark } from "@strongroom/daemon/src/storage/mark.ts";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

async function withTexts(...texts: readonly string[]): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  for (const text of texts) await vault.append(text);
  await vault.close();
  return disk;
}

function find(disk: SimulatedDisk, part: string): string {
  return disk.world.files().find((path) => path.includes(part)) ?? "";
}

test("a vault that is closed and opened again holds what was appended", async () => {
  const disk = new SimulatedDisk();
  const first = await OpaqueVault.open(disk);
  expect(first.opened.born).toBe(true);
  await first.append("one");
  await first.append("two");
  await first.compact();
  await first.append("three");
  await first.close();
  const second = await OpaqueVault.open(disk);
  expect(second.opened).toMatchObject({ born: false, mode: "read-write", warnings: [] });
  expect(second.opened.vaultId).toBe(first.opened.vaultId);
  expect(second.texts).toEqual(["one", "two", "three"]);
  await expect(second.log.verify()).resolves.toEqual({ frames: 0 });
  expect(second.opened.subkey("x")).toEqual(first.opened.subkey("x"));
  expect(second.opened.subkey("x")).not.toEqual(first.opened.subkey("y"));
});

describe("opening where there is no vault", () => {
  test("is NOT_FOUND with the command, and touches nothing, unless one may be made", async () => {
    const disk = new SimulatedDisk();
    await expect(OpaqueVault.open(disk, { mayCreate: false })).rejects.toMatchObject({
      code: "NOT_FOUND",
      hint: "strongroom init",
    });
    expect(disk.sites).toEqual([]);
  });

  test("is CORRUPT when a key file is left, which is not touched", async () => {
    const disk = await withTexts("one");
    for (const path of disk.world.files()) if (!path.endsWith("keyfile")) disk.world.remove(path);
    const [keyfile] = disk.world.files();
    const before = disk.world.peek(keyfile ?? "");
    await expect(OpaqueVault.open(disk)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining("vault.json"),
      hint: expect.stringContaining("mv "),
    });
    expect(disk.world.files()).toEqual([keyfile]);
    expect(disk.world.peek(keyfile ?? "")).toEqual(before);
  });

  test("is DISK_FULL when there is no room for one", async () => {
    const disk = new SimulatedDisk();
    disk.trouble = "full";
    await expect(OpaqueVault.open(disk)).rejects.toMatchObject({ code: "DISK_FULL" });
  });
});

describe("a vault that cannot be written", () => {
  test.each(["full", "read-only"] as const)(
    "is served read-only on a %s disk, and as it was",
    async (trouble) => {
      const disk = await withTexts("one", "two");
      const files = disk.world.files();
      disk.trouble = trouble;
      const reader = await OpaqueVault.open(disk);
      expect(reader.opened.mode).toBe("read-only");
      expect(reader.opened.reason?.code).toBe(trouble === "full" ? "DISK_FULL" : "READ_ONLY");
      expect(reader.texts).toEqual(["one", "two"]);
      expect(reader.log.figures()).toMatchObject({ epoch: null });
      reader.log.fence();
      reader.log.mark();
      await expect(reader.log.verify()).resolves.toBeDefined();
      await expect(reader.append("three")).rejects.toMatchObject({ code: "READ_ONLY" });
      await expect(reader.compact()).rejects.toMatchObject({ code: "READ_ONLY" });
      await reader.close();
      expect(disk.world.files()).toEqual(files);
      disk.trouble = "none";
      const writer = await OpaqueVault.open(disk);
      expect(writer.opened.mode).toBe("read-write");
      await writer.append("three");
      expect(() => reader.log.fence()).toThrow(
        expect.objectContaining({ code: "DURABILITY_UNKNOWN" }),
      );
    },
  );

  test("asks who only asks to try again while no file can be opened", async () => {
    const disk = await withTexts("one");
    disk.trouble = "full";
    const reader = await OpaqueVault.open(disk);
    const { listNow } = disk;
    for (const code of ["EMFILE", "ENFILE"]) {
      disk.listNow = () => {
        throw Object.assign(new Error(code), { code });
      };
      expect(() => reader.log.fence()).toThrow(expect.objectContaining({ code: "BUSY" }));
      disk.listNow = listNow;
      reader.log.fence();
    }
  });

  test("is served read-only when the room ends in the middle of the opening", async () => {
    const probe = await withTexts("one");
    const { length } = probe.sites;
    const rehearsal = probe.reboot();
    await OpaqueVault.open(rehearsal);
    expect(length).toBeGreaterThan(0);
    for (let site = 1; rehearsal.sites[site - 1]?.kind !== "rename"; site += 1) {
      const disk = (await withTexts("one")).reboot(undefined, { site, action: "enospc" });
      const files = disk.world.files();
      const reader = await OpaqueVault.open(disk);
      expect(reader.opened.mode, `site ${site}`).toBe("read-only");
      expect(reader.texts).toEqual(["one"]);
      expect(disk.world.files(), `site ${site}`).toEqual(files);
      expect(() => reader.log.fence()).not.toThrow();
    }
  });
});

describe("a vault that is refused", () => {
  test("has its claim taken back, and nothing else is changed", async () => {
    const disk = await withTexts("one");
    const snapshot = find(disk, "snapshot.");
    const content = disk.world.peek(snapshot);
    content.writeUInt8(1 ^ (content.at(-1) ?? 0), content.length - 1);
    disk.world.poke(snapshot, content);
    const files = disk.world.files();
    const after = disk.reboot();
    await expect(OpaqueVault.open(after)).rejects.toMatchObject({ code: "CORRUPT" });
    expect(after.world.files()).toEqual(files);
    expect(after.sites.map((site) => site.kind)).toEqual(["create", "sync-folder", "unlink"]);
  });

  test("is never opened with an older snapshot instead", async () => {
    const disk = await withTexts("one");
    const older = disk.world.clone();
    const vault = await OpaqueVault.open(disk);
    await vault.append("two");
    await vault.compact();
    for (const path of older.files()) {
      if (/(claim|journal|snapshot)\./.test(path)) disk.world.poke(path, older.peek(path));
    }
    for (const path of disk.world.files()) if (path.endsWith(".mark")) disk.world.remove(path);
    const newest = disk.world.files().findLast((path) => path.includes("snapshot.")) ?? "";
    const content = disk.world.peek(newest);
    content.writeUInt8(1 ^ (content.at(-1) ?? 0), content.length - 1);
    disk.world.poke(newest, content);
    await expect(OpaqueVault.open(disk.reboot())).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining(newest),
    });
  });

  test("names the code of the system for a file that cannot be read", async () => {
    for (const [part, code] of [
      ["vault.json", "ELOOP"],
      ["keyfile", "EACCES"],
      ["journal.", "EIO"],
    ] as const) {
      const disk = await withTexts("one");
      const path = find(disk, part);
      disk.world.planted.set(path, code);
      await expect(OpaqueVault.open(disk)).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringMatching(new RegExp(`${path}.*${code}`)),
      });
    }
  });
});

describe("names that are not ours", () => {
  test("are ignored and reported, claims too far ahead too", async () => {
    const disk = await withTexts("one");
    disk.world.poke(`${HOME.vault}/notes.txt`, Buffer.from("mine"));
    disk.world.poke(`${HOME.vault}/claim.00000000000fffff`, Buffer.alloc(0));
    disk.world.poke(`${HOME.vault}/.lock`, Buffer.alloc(0));
    const vault = await OpaqueVault.open(disk);
    expect(vault.log.figures()).toMatchObject({
      epoch: "0000000000000002",
      strangers: ["notes.txt", "claim.00000000000fffff"],
    });
    expect(vault.opened.warnings).toHaveLength(2);
    expect(disk.world.files()).toContain(`${HOME.vault}/notes.txt`);
  });

  test("do not stop a claim: a number that is taken makes way for the next", async () => {
    const disk = await withTexts("one");
    disk.world.poke(`${HOME.vault}/claim.0000000000000005`, Buffer.alloc(0));
    const vault = await OpaqueVault.open(disk);
    expect(vault.log.figures().epoch).toBe("0000000000000006");
    expect(vault.texts).toEqual(["one"]);
  });
});

describe("the high-water mark", () => {
  test("when missing or damaged is reported and rewritten", async () => {
    for (const content of [undefined, Buffer.alloc(0), Buffer.alloc(112, 1)]) {
      const disk = await withTexts("one");
      const path = find(disk, ".mark");
      if (content === undefined) disk.world.remove(path);
      else disk.world.poke(path, content);
      const vault = await OpaqueVault.open(disk);
      expect(vault.log.figures().mark).toBe("missing");
      expect(vault.opened.warnings).toEqual([expect.stringContaining("mark")]);
      await vault.close();
      expect((await OpaqueVault.open(disk)).log.figures().mark).toBe("ok");
    }
  });

  test("of another data key is ROLLED_BACK", async () => {
    const disk = await withTexts("one");
    const vault = await OpaqueVault.open(disk);
    const stranger = new DataKey(Buffer.alloc(32, 1), Buffer.from(vault.opened.vaultId, "hex"));
    const seen = { epoch: 1n, position: { sequence: 0, tag: Buffer.alloc(16) } };
    disk.world.poke(find(disk, ".mark"), encodeMark(seen, stranger));
    await expect(OpaqueVault.open(disk)).rejects.toMatchObject({ code: "ROLLED_BACK" });
  });

  test("that cannot be written keeps nobody from working", async () => {
    const disk = await withTexts("one");
    const path = find(disk, ".mark");
    const lines: string[] = [];
    const probe = disk.world.clone();
    const rehearsal = new SimulatedDisk(probe);
    await OpaqueVault.open(rehearsal);
    const site = 1 + rehearsal.sites.findIndex((each) => each.path === `${path}.tmp`);
    const vault = await OpaqueVault.open(disk.reboot(undefined, { site, action: "eio" }), {
      log: (line) => lines.push(line),
    });
    await vault.append("two");
    expect(vault.log.figures().mark).toBe("unwritable");
    expect(lines).toEqual([expect.stringContaining(path)]);
    expect(vault.opened.warnings).toEqual(lines);
  });

  test("that is missing and cannot be written is not said to be rewritten", async () => {
    const disk = await withTexts("one");
    const path = find(disk, ".mark");
    disk.world.remove(path);
    const create = disk.create.bind(disk);
    vi.spyOn(disk, "create").mockImplementation(async (each) => {
      if (each !== `${path}.tmp`) return await create(each);
      throw Object.assign(new Error("denied"), { code: "EACCES" });
    });
    const vault = await OpaqueVault.open(disk);
    expect(vault.log.figures().mark).toBe("unwritable");
    expect(vault.opened.warnings).toEqual([`${path} cannot be written (EACCES)`]);
    vi.restoreAllMocks();
    await vault.close();
    disk.world.remove(path);
    disk.trouble = "read-only";
    const reader = await OpaqueVault.open(disk);
    expect([reader.opened.mode, reader.log.figures().mark]).toEqual(["read-only", "unwritable"]);
    expect(reader.opened.warnings.join()).not.toContain("rewritten");
  });
});

test("a birth that was interrupted is gone on with, and its key is not made twice", async () => {
  const probe = new SimulatedDisk();
  await OpaqueVault.open(probe);
  const linked = probe.sites.findIndex((site) => site.kind === "link") + 1;
  for (let site = 1; site <= probe.sites.length; site += 1) {
    const dying = new SimulatedDisk(undefined, { site, action: "kill-after" });
    await expect(OpaqueVault.open(dying).then((vault) => vault.append("x"))).rejects.toThrow();
    const keyfile = `${HOME.config}/keyfile`;
    const key = site < linked ? undefined : dying.world.peek(keyfile);
    const vault = await OpaqueVault.open(dying.reboot());
    expect(vault.texts).toEqual([]);
    if (key !== undefined) expect(dying.world.peek(keyfile)).toEqual(key);
    const left = dying.world.files().filter((path) => path.endsWith(".tmp"));
    expect(left, `killed after ${site}`).toEqual([]);
  }
});

test("a birth that loses power twice can still be gone on with", async () => {
  for (let site = 2; site <= 14; site += 2) {
    for (let again = 1; again <= 8; again += 1) {
      for (let seed = 0; seed < 4; seed += 1) {
        const first = new SimulatedDisk(undefined, { site, action: "kill-after" });
        await OpaqueVault.open(first).catch(() => {});
        const second = first.reboot(undefined, { site: again, action: "kill-after" });
        await OpaqueVault.open(second).catch(() => {});
        const third = OpaqueVault.open(second.reboot({ kind: "subset", seed }));
        await expect(third, `${site}, ${again}, seed ${seed}`).resolves.toBeDefined();
      }
    }
  }
});

test("two births at once, in spite of the lock, never lose what either was told is stored", async () => {
  let survivors = 0;
  for (let turns = 0; turns <= 150; turns += 5) {
    const disk = new SimulatedDisk();
    const first = OpaqueVault.open(disk).then((vault) => vault.append("first"));
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    // However slow the machine is, the last round has the two births one after the other.
    if (turns === 150) await first;
    const second = OpaqueVault.open(disk).then((vault) => vault.append("second"));
    const done = await Promise.allSettled([first, second]);
    const texts = ["first", "second"].filter((_text, index) => done[index]?.status === "fulfilled");
    if (texts.length === 0) continue;
    survivors += 1;
    const { texts: found } = await OpaqueVault.open(disk);
    expect(found, `after ${turns} turns`).toEqual(expect.arrayContaining(texts));
  }
  expect(survivors).toBeGreaterThan(0);
});
