import { describe, expect, test } from "vitest";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import type { Disk, DiskFile } from "@strongroom/daemon/src/storage/disk.ts";
import { ORIGIN } from "@strongroom/daemon/src/storage/frame.ts";
import { Journal } from "@strongroom/daemon/src/storage/journal.ts";
import { framePlaces } from "../../support/journal-frames.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const KEY = new DataKey(Buffer.alloc(32, 1), Buffer.alloc(16, 2));
const PATH = "/v/journal.0000000000000003";
const PREALLOCATE = 1024;

async function create(disk: Disk): Promise<Journal> {
  return await Journal.create({
    disk,
    path: PATH,
    key: KEY,
    epoch: 3n,
    position: ORIGIN,
    preallocate: PREALLOCATE,
    pause: async () => {},
  });
}

function kinds(disk: SimulatedDisk, from: number): readonly string[] {
  return disk.sites.slice(from).map(({ kind }) => kind);
}

test("a new journal has its whole size, says so, and its content is durable", async () => {
  const disk = new SimulatedDisk();
  await create(disk);
  await disk.syncFolder("/v");
  disk.reboot({ kind: "drop" });
  const content = disk.world.peek(PATH);
  expect(content).toHaveLength(PREALLOCATE);
  expect(content.readBigUInt64BE(96)).toBe(BigInt(PREALLOCATE));
  expect(content.subarray(160).every((byte) => byte === 0)).toBe(true);
});

test.each([2, 3, 4])("one whose call %i fails leaves no file open", async (site) => {
  const disk = new SimulatedDisk(undefined, { site, action: "eio" });
  await expect(create(disk)).rejects.toMatchObject({ code: "EIO" });
  expect(kinds(disk, 0)).toHaveLength(site);
  expect(disk.held).toBe(0);
});

test("a frame is one write and one sync, and counts once it is told to", async () => {
  const disk = new SimulatedDisk();
  const journal = await create(disk);
  const before = disk.sites.length;
  const advance = await journal.append(Buffer.from("one"), false);
  expect(kinds(disk, before)).toEqual(["write", "sync"]);
  expect(journal).toMatchObject({ end: 160, frames: 0, position: ORIGIN });
  advance();
  expect(journal).toMatchObject({ end: 160 + 72 + 3, frames: 1 });
  expect(journal.position.sequence).toBe(1);
});

test("beyond its size it grows by zeros that are durable before the frame is written", async () => {
  const disk = new SimulatedDisk();
  const journal = await create(disk);
  const before = disk.sites.length;
  (await journal.append(Buffer.alloc(PREALLOCATE), true))();
  expect(kinds(disk, before)).toEqual(["write", "sync", "write", "sync"]);
  expect(disk.world.peek(PATH)).toHaveLength(2 * PREALLOCATE);
});

describe("on a full disk", () => {
  test("the last part is kept for frames that may use the reserve", async () => {
    const disk = new SimulatedDisk();
    const journal = await create(disk);
    disk.trouble = "full";
    const text = Buffer.alloc(PREALLOCATE - 160 - 72 - 100);
    await expect(journal.append(text, false)).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining(PATH),
    });
    expect(framePlaces(disk.world.peek(PATH))).toEqual([]);
    (await journal.append(text, true))();
    expect(framePlaces(disk.world.peek(PATH))).toHaveLength(1);
  });

  test("a frame of which a part was taken is no clean refusal", async () => {
    const full = Object.assign(new Error("full"), { code: "ENOSPC" });
    let writes = 0;
    const disk = new SimulatedDisk();
    const journal = await create(
      withWrites(disk, (file, bytes, position) => {
        writes += 1;
        if (writes <= 2) return file.write(bytes, position);
        if (writes > 3) throw full;
        return file.write(bytes.subarray(0, 10), position);
      }),
    );
    await expect(journal.append(Buffer.from("one"), false)).rejects.toBe(full);
  });

  test("a frame of which nothing was taken is one, and the next has its place", async () => {
    const disk = new SimulatedDisk();
    const journal = await create(disk);
    const failing = new SimulatedDisk(undefined, { site: disk.sites.length + 1, action: "enospc" });
    const other = await create(failing);
    await expect(other.append(Buffer.from("one"), false)).rejects.toMatchObject({
      code: "DISK_FULL",
    });
    for (const each of [journal, other]) (await each.append(Buffer.from("two"), false))();
    expect(framePlaces(failing.world.peek(PATH))).toEqual(framePlaces(disk.world.peek(PATH)));
  });
});

test("a system that takes no bytes is an error, not a loop", async () => {
  let writes = 0;
  const disk = withWrites(new SimulatedDisk(), (file, bytes, position) => {
    writes += 1;
    return writes <= 2 ? file.write(bytes, position) : 0;
  });
  const journal = await create(disk);
  await expect(journal.append(Buffer.from("one"), false)).rejects.toThrow("takes no bytes");
});

test("the frames of two journals of one epoch have keys of their own", async () => {
  const seals: Buffer[] = [];
  for (let round = 0; round < 2; round += 1) {
    const disk = new SimulatedDisk();
    await (await create(disk)).append(Buffer.from("the same"), false);
    seals.push(disk.world.peek(PATH).subarray(160 + 56, 160 + 56 + 8));
  }
  expect(seals[0]).not.toEqual(seals[1]);
});

/** A disk whose files are written by `write`. */
function withWrites(
  disk: SimulatedDisk,
  write: (file: DiskFile, bytes: Uint8Array, position: number) => number,
): Disk {
  const createWritten = async (path: string): Promise<DiskFile> => {
    const file = await disk.create(path);
    return {
      path,
      read: (position, length) => file.read(position, length),
      size: () => file.size(),
      identity: () => file.identity(),
      write: (bytes, position) => write(file, bytes, position),
      datasync: () => file.datasync(),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  };
  return new Proxy<Disk>(disk, {
    get: (target, name: keyof Disk) =>
      name === "create" ? createWritten : target[name].bind(target),
  });
}
