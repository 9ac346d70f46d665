import { describe, expect, test } from "vitest";
import { trouble } from "@strongroom/daemon/src/storage/trouble.ts";
import { enumerate } from "./enumerate.ts";
import type { Acks } from "./enumerate.ts";
import { KilledError, SimulatedDisk } from "./simulated-disk.ts";
import type { FaultAction } from "./simulated-disk.ts";

const FILE = "/f/file";

/** A file with 1024 durable bytes of 1, at sites 1 to 4. */
async function withFile(action?: FaultAction, site = 5): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk(undefined, action && { site, action, seed: 7 });
  const file = await disk.create(FILE);
  file.write(Buffer.alloc(1024, 1), 0);
  await file.sync();
  await disk.syncFolder("/f");
  return disk;
}

async function reopen(disk: SimulatedDisk): Promise<Awaited<ReturnType<SimulatedDisk["create"]>>> {
  await disk.rename(FILE, `${FILE}.x`);
  await disk.rename(`${FILE}.x`, FILE);
  return await disk.create(`${FILE}.2`);
}

describe("the simulated disk", () => {
  test("keeps what was synced through a power cut, and drops the rest", async () => {
    const disk = await withFile();
    const other = await reopen(disk);
    other.write(Buffer.from("lost"), 0);
    const after = disk.reboot({ kind: "drop" });
    expect(await after.list("/f")).toEqual(["file"]);
    expect(after.world.peek(FILE)).toEqual(Buffer.alloc(1024, 1));
  });

  test("does nothing with a file that was closed, and counts those that were not", async () => {
    const disk = await withFile();
    const file = await disk.open(FILE);
    expect(disk.held).toBe(2);
    await file.close();
    for (const call of [
      () => file.read(0, 1),
      () => file.size(),
      async () => file.identity(),
      async () => file.write(Buffer.from("x"), 0),
      () => file.datasync(),
      () => file.sync(),
      () => file.close(),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "EBADF" });
    }
    expect(disk.held).toBe(1);
  });

  test("keeps everything through a kill", async () => {
    const disk = await withFile();
    const other = await reopen(disk);
    other.write(Buffer.from("kept"), 0);
    const after = disk.reboot();
    expect((await after.list("/f")).toSorted()).toEqual(["file", "file.2"]);
    expect(after.world.peek(`${FILE}.2`).toString()).toBe("kept");
  });

  test("loses a synced file whose name was not synced", async () => {
    const disk = new SimulatedDisk();
    const file = await disk.create(FILE);
    await file.sync();
    expect(await disk.reboot({ kind: "drop" }).list("/f")).toEqual([]);
  });

  test("lets some sectors of unsynced writes survive, whole ones and never others", async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 32; seed += 1) {
      const disk = new SimulatedDisk();
      const file = await disk.create(FILE);
      file.write(Buffer.alloc(1024, 1), 0);
      await file.sync();
      await disk.syncFolder("/f");
      file.write(Buffer.alloc(1024, 2), 0);
      const content = disk.reboot({ kind: "subset", seed }).world.peek(FILE);
      for (const sector of [content.subarray(0, 512), content.subarray(512)]) {
        expect([Buffer.alloc(512, 1), Buffer.alloc(512, 2)]).toContainEqual(sector);
      }
      seen.add(`${content[0]}${content[512]}`);
    }
    expect([...seen].toSorted()).toEqual(["11", "12", "21", "22"]);
  });

  test("forgets for ever what a failed sync should have kept", async () => {
    const disk = new SimulatedDisk(undefined, { site: 3, action: "eio" });
    const file = await disk.create(FILE);
    file.write(Buffer.from("gone"), 0);
    await expect(file.datasync()).rejects.toMatchObject({ code: "EIO" });
    await file.datasync();
    await disk.syncFolder("/f");
    expect(disk.world.peek(FILE).toString()).toBe("gone");
    expect(disk.reboot({ kind: "drop" }).world.peek(FILE)).toHaveLength(0);
  });

  test("counts every call that changes something, and no other", async () => {
    const disk = await withFile();
    await disk.open(FILE);
    disk.identify(FILE);
    await disk.list("/f");
    await disk.link(FILE, "/f/two");
    await disk.unlink(FILE);
    expect(disk.sites.map((site) => site.kind)).toEqual([
      "create",
      "write",
      "sync",
      "sync-folder",
      "link",
      "unlink",
    ]);
  });

  test("knows how many names a file has", async () => {
    const disk = await withFile();
    await disk.link(FILE, "/f/two");
    expect(disk.identify(FILE)?.links).toBe(2);
    const file = await disk.open(FILE);
    await disk.unlink(FILE);
    await disk.unlink("/f/two");
    expect(file.identity().links).toBe(0);
    await expect(disk.open(FILE)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test.each([
    ["eio", "EIO"],
    ["eio-sticky", "EIO"],
    ["enospc", "ENOSPC"],
  ] as const)("fails a call with %s and leaves things as they were", async (action, code) => {
    const disk = await withFile(action);
    await expect(disk.unlink(FILE)).rejects.toMatchObject({ code });
    expect(disk.identify(FILE)).toBeDefined();
    const again = disk.unlink(FILE);
    if (action === "eio-sticky") await expect(again).rejects.toMatchObject({ code });
    else await expect(again).resolves.toBeUndefined();
  });

  test("takes a part of a short write and says so", async () => {
    const disk = new SimulatedDisk(undefined, { site: 2, action: "short" });
    const file = await disk.create(FILE);
    expect(file.write(Buffer.from("abcdef"), 0)).toBe(3);
    expect(disk.world.peek(FILE).toString()).toBe("abc");
  });

  test.each(["torn", "torn-durable"] as const)(
    "lets a part of a %s write land and dies",
    async (action) => {
      const disk = new SimulatedDisk(undefined, { site: 3, action, seed: 7 });
      const file = await disk.create(FILE);
      await disk.syncFolder("/f");
      expect(() => file.write(Buffer.alloc(600, 3), 0)).toThrow(KilledError);
      await expect(disk.list("/f")).rejects.toThrow(KilledError);
      const after = disk.reboot(action === "torn" ? { kind: "none" } : { kind: "drop" });
      const { length } = after.world.peek(FILE);
      expect(length).toBeGreaterThan(0);
      expect(length).toBeLessThan(600);
    },
  );

  test.each([
    ["kill-before", true],
    ["kill-after", false],
  ] as const)("dies at a %s", async (action, there) => {
    const disk = await withFile(action);
    await expect(disk.unlink(FILE)).rejects.toThrow(KilledError);
    await expect(disk.unlink(FILE)).rejects.toThrow(KilledError);
    expect(() => disk.identify(FILE)).toThrow(KilledError);
    expect(disk.reboot().identify(FILE) !== undefined).toBe(there);
  });
});

async function store(disk: SimulatedDisk, name: string, retries: boolean): Promise<void> {
  const file = await disk.create(`/f/${name}`);
  file.write(Buffer.from(name), 0);
  const synced = file.sync();
  await (retries ? synced.catch(() => file.sync()) : synced);
  await disk.syncFolder("/f");
}

function rethrow(error: unknown): never {
  throw trouble(error, "/f");
}

/** A store that keeps each name in a file of its own, and can be made to retry a sync. */
function naive(retries: boolean): Parameters<typeof enumerate<string>>[0] {
  return {
    workload: async (disk, acks) => {
      for (const name of ["a", "b", "c"]) {
        await acks.run(name, async () => await store(disk, name, retries).catch(rethrow));
      }
    },
    check: async (disk, acks: Acks<string>) => {
      for (const { operation, outcome } of acks.entries) {
        if (outcome !== "acknowledged") continue;
        const file = await disk.open(`/f/${operation}`);
        if ((await file.read(0, 9)).toString() !== operation) throw new Error(operation);
      }
    },
    stride: 1,
    recoveryStride: 0,
    seed: 1,
  };
}

describe("the enumerator", () => {
  test("finds no fault in a store that syncs before it acknowledges", async () => {
    const result = await enumerate(naive(false));
    expect(result).toMatchObject({ sites: 12, sitesFailed: 12, violations: [] });
  });

  test("finds the loss in a store that tries a failed sync again", async () => {
    const { violations } = await enumerate(naive(true));
    expect(violations).toHaveLength(6);
    expect(violations[0]).toContain("site 3 (sync /f/a), EIO once, seed");
  });
});
