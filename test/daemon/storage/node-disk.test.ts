import { execFileSync } from "node:child_process";
import files, { mkdtempSync, mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NodeDisk } from "@strongroom/daemon/src/storage/node-disk.ts";
import type { Disk } from "@strongroom/daemon/src/storage/disk.ts";
import { openFiles } from "../../support/open-files.ts";
import { OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strongroom-disk-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  rmSync(folder, { recursive: true, force: true });
});

async function settled(disk: Disk): Promise<string> {
  for (;;) {
    const stamp = disk.stamp(folder);
    if (stamp !== undefined) return stamp;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const DISKS: readonly [string, () => Disk][] = [
  ["the disk of this machine", () => new NodeDisk()],
  ["the simulated disk", () => new SimulatedDisk()],
];

describe.each(DISKS)("%s", (_name, make) => {
  test("gives a folder another stamp after a name came, moved or went", async () => {
    const disk = make();
    await (await disk.create(join(folder, "there"))).close();
    const stamps = [await settled(disk)];
    for (const change of [
      async () => (await disk.create(join(folder, "came"))).close(),
      () => disk.rename(join(folder, "came"), join(folder, "moved")),
      () => disk.unlink(join(folder, "moved")),
    ]) {
      await change();
      expect(disk.stamp(folder)).not.toBe(stamps.at(-1));
      stamps.push(await settled(disk));
    }
    expect(new Set(stamps).size).toBe(4);
    const file = await disk.open(join(folder, "there"));
    await file.close();
    expect(disk.stamp(folder)).toBe(stamps.at(-1));
  });

  test("writes, reads, links, renames and removes files", async () => {
    const disk = make();
    const path = join(folder, "one");
    const file = await disk.create(path);
    expect(file.write(Buffer.from("hello"), 0)).toBe(5);
    expect(file.write(Buffer.from("L"), 2)).toBe(1);
    await file.datasync();
    await file.sync();
    expect(await file.size()).toBe(5);
    await disk.link(path, join(folder, "two"));
    expect(file.identity()).toEqual(disk.identify(join(folder, "two")));
    expect(file.identity().links).toBe(2);
    await disk.rename(path, join(folder, "three"));
    await disk.unlink(join(folder, "two"));
    await disk.syncFolder(folder);
    expect(await disk.list(folder)).toEqual(["three"]);
    const again = await disk.open(join(folder, "three"));
    expect((await again.read(1, 99)).toString()).toBe("eLlo");
    expect(await again.read(5, 1)).toHaveLength(0);
    await again.close();
    await file.close();
  });

  test("says what the system says", async () => {
    const disk = make();
    const path = join(folder, "one");
    const other = join(folder, "two");
    await (await disk.create(path)).close();
    await (await disk.create(other)).close();
    await expect(disk.create(path)).rejects.toMatchObject({ code: "EEXIST" });
    await expect(disk.link(path, other)).rejects.toMatchObject({ code: "EEXIST" });
    await disk.unlink(path);
    await expect(disk.open(path)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(disk.unlink(path)).rejects.toMatchObject({ code: "ENOENT" });
    expect(disk.identify(path)).toBeUndefined();
  });
});

describe("the disk of this machine", () => {
  test("makes files that only their owner may read", async () => {
    const path = join(folder, "one");
    await (await new NodeDisk().create(path)).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  // What a sync is good for only a power cut shows.
  test("asks the system for every sync, of content, of a file and of a folder", async () => {
    const spies = [vi.spyOn(files, "fdatasync"), vi.spyOn(files, "fsync")];
    syncBuiltinESMExports();
    vi.resetModules();
    const fresh = await import("@strongroom/daemon/src/storage/node-disk.ts");
    const disk = new fresh.NodeDisk();
    const file = await disk.create(join(folder, "one"));
    const calls = async (sync: () => Promise<void>): Promise<readonly number[]> => {
      await sync();
      return spies.map(({ mock }) => mock.calls.length);
    };
    expect(await calls(() => file.datasync())).toEqual([1, 0]);
    expect(await calls(() => file.sync())).toEqual([1, 1]);
    expect(await calls(() => disk.syncFolder(folder))).toEqual([1, 2]);
    await file.close();
  });

  test("opens nothing but regular files, and does not wait for a FIFO", async () => {
    const disk = new NodeDisk();
    const file = join(folder, "file");
    const link = join(folder, "link");
    const fifo = join(folder, "fifo");
    const inner = join(folder, "inner");
    writeFileSync(file, "x");
    symlinkSync(file, link);
    execFileSync("mkfifo", [fifo]);
    mkdirSync(inner);
    await expect(disk.open(link)).rejects.toMatchObject({ code: "ELOOP" });
    await expect(disk.open(fifo)).rejects.toMatchObject({ code: "EINVAL" });
    await expect(disk.open(inner)).rejects.toMatchObject({ code: "EISDIR" });
    symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
    await expect(disk.create(join(folder, "dangling"))).rejects.toMatchObject({ code: "EEXIST" });
  });

  test.skipIf(process.getuid?.() !== 0)("refuses a file of another user", async () => {
    const path = join(folder, "theirs");
    writeFileSync(path, "x");
    execFileSync("chown", ["65534", path]);
    await expect(new NodeDisk().open(path)).rejects.toMatchObject({ code: "EPERM" });
  });

  test("holds a vault through closing and opening", async () => {
    const home = {
      vault: join(folder, "vault"),
      config: join(folder, "config"),
      state: join(folder, "state"),
      backups: join(folder, "backups"),
    };
    for (const path of Object.values(home)) mkdirSync(path, { mode: 0o700 });
    const disk = new NodeDisk();
    const vault = await OpaqueVault.open(disk, { home });
    await vault.append("one");
    await vault.compact();
    await vault.append("two");
    await expect(vault.log.verify()).resolves.toEqual({ frames: 1 });
    await vault.close();
    const again = await OpaqueVault.open(disk, { home });
    expect(again.texts).toEqual(["one", "two"]);
    await again.close();
    expect(openFiles(folder, 0)).toBe(0);
  });
});

test("the disk of this machine says nothing of a folder that has just changed", async () => {
  const disk = new NodeDisk();
  await (await disk.create(join(folder, "a"))).close();
  expect(disk.stamp(folder)).toBeUndefined();
  expect(await settled(disk)).toEqual(expect.any(String));
});
