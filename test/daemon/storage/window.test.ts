import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeDisk } from "@strongroom/daemon/src/storage/node-disk.ts";
import { Window } from "@strongroom/daemon/src/storage/window.ts";
import { expect, onTestFinished, test } from "vitest";

const MIB = 1_048_576;

/** A window over so many bytes that each say where they stand, and how often the disk was read. */
async function over(length: number, limit?: number) {
  const folder = mkdtempSync(join(tmpdir(), "sr-"));
  const bytes = Buffer.alloc(length).map((_, at) => at % 251);
  const file = await new NodeDisk().create(join(folder, "file"));
  file.write(bytes, 0);
  onTestFinished(async () => {
    await file.close();
    rmSync(folder, { recursive: true });
  });
  const reads: (readonly [number, number])[] = [];
  const counted = {
    path: file.path,
    size: () => file.size(),
    read: (position: number, count: number) => {
      reads.push([position, count]);
      return file.read(position, count);
    },
  };
  return { bytes, reads, window: await Window.over(counted as unknown as typeof file, limit) };
}

test("small reads in a row cost one trip to the disk for each MiB", async () => {
  const { bytes, reads, window } = await over(2 * MIB + 10);
  for (let at = 0; at < bytes.length; at += 65_536) {
    const part = await window.load(at, 65_536);
    expect(part.equals(bytes.subarray(at, at + 65_536))).toBe(true);
  }
  expect(reads).toEqual([
    [0, MIB],
    [MIB, MIB],
    [2 * MIB, 10],
  ]);
});

test("what is in the window is there at once, and nothing else", async () => {
  const { bytes, window } = await over(3 * MIB);
  expect(window.peek(0, 1)).toBeUndefined();
  await window.load(MIB, 1);
  expect(window.peek(MIB, MIB)?.equals(bytes.subarray(MIB, 2 * MIB))).toBe(true);
  expect(window.peek(MIB - 1, 2)).toBeUndefined();
  expect(window.peek(MIB, MIB + 1)).toBeUndefined();
  expect((await window.load(0, 2 * MIB)).length).toBe(2 * MIB);
});

test("it ends where the file ends, or where it was told to", async () => {
  const { window } = await over(100);
  expect([(await window.load(90, 50)).length, (await window.load(100, 1)).length]).toEqual([10, 0]);
  expect((await window.load(200, 1)).length).toBe(0);
  const limited = await over(100, 20);
  expect(limited.window.size).toBe(20);
  expect((await limited.window.load(15, 50)).length).toBe(5);
});
