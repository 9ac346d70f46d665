import { isZero, writeAll, writeZeros } from "@strongroom/daemon/src/storage/bytes.ts";
import type { DiskFile } from "@strongroom/daemon/src/storage/disk.ts";
import { describe, expect, it } from "vitest";

/** A file whose system takes at most so many bytes at a time. */
function file(atOnce: number): {
  file: DiskFile;
  writes: (readonly [at: number, bytes: number])[];
} {
  const writes: (readonly [number, number])[] = [];
  const write = (bytes: Uint8Array, position: number): number => {
    const taken = Math.min(atOnce, bytes.length);
    writes.push([position, taken]);
    return taken;
  };
  return { file: { path: "/v/file", write } as unknown as DiskFile, writes };
}

describe("bytes", () => {
  it("are handed over whole, however few the system takes at a time", () => {
    const { file: slow, writes } = file(4);
    writeAll(slow, Buffer.alloc(10), 100);
    expect(writes).toEqual([
      [100, 4],
      [104, 4],
      [108, 2],
    ]);
    writeAll(slow, Buffer.alloc(0), 0);
    expect(writes.length).toBe(3);
    expect(() => writeAll(file(0).file, Buffer.alloc(1), 0)).toThrow("/v/file");
  });

  it("are zeroed in parts of 1 MiB, with a pause after each", async () => {
    const { file: fast, writes } = file(Infinity);
    let pauses = 0;
    const pause = async (): Promise<void> => void (pauses += 1);
    await writeZeros(fast, { from: 160, to: 2_097_152 + 160 + 1, pause });
    expect(writes).toEqual([
      [160, 1_048_576],
      [160 + 1_048_576, 1_048_576],
      [160 + 2_097_152, 1],
    ]);
    expect(pauses).toBe(3);
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 200_000])("are zero or not, %i of them", (length) => {
    const bytes = Buffer.alloc(length);
    expect(isZero(bytes)).toBe(true);
    if (length === 0) return;
    bytes[length - 1] = 1;
    expect(isZero(bytes)).toBe(false);
  });
});
