import { describe, expect, it } from "vitest";
import { readSegment, writeSegment } from "@strongroom/daemon/src/storage/segment.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const HEAD = Buffer.alloc(32, 3);
const PLACE = { epoch: 5n, secret: Buffer.alloc(32, 1), before: { count: 10, head: HEAD } };
const RECORDS = Array.from({ length: 300 }, (_, at) => Buffer.alloc(50, at));
/** Twenty records a block, each behind its length. */
const BLOCKS = Array.from({ length: 15 }, (_, at) =>
  Buffer.concat(
    RECORDS.slice(20 * at, 20 * at + 20).flatMap((each) => [Buffer.of(each.length), each]),
  ),
);

async function written() {
  const disk = new SimulatedDisk();
  const folder = { disk, folder: "/v", vaultId: Buffer.alloc(16, 2) };
  const bytes = await writeSegment(folder, { ...PLACE, blocks: BLOCKS }, async () => {});
  return { disk, folder, bytes };
}

async function read(
  folder: Parameters<typeof readSegment>[0],
  place: Parameters<typeof readSegment>[1] = PLACE,
): Promise<readonly Buffer[] | string> {
  const records: Buffer[] = [];
  try {
    await readSegment(folder, place, (record) => records.push(Buffer.from(record)));
    return records;
  } catch (error) {
    return String(error);
  }
}

describe("a segment", () => {
  it("gives back what was written, and is as long as was said", async () => {
    const { bytes, disk, folder } = await written();
    expect(await read(folder)).toEqual(RECORDS);
    expect(disk.world.peek("/v/audit.0000000000000005").length).toBe(bytes);
  });

  it("follows what it is said to follow, and nothing else", async () => {
    const { folder } = await written();
    const other = { count: 11, head: HEAD };
    expect(await read(folder, { ...PLACE, before: other })).toContain("does not follow");
    const head = { count: 10, head: Buffer.alloc(32, 4) };
    expect(await read(folder, { ...PLACE, before: head })).toContain("does not follow");
  });

  it("opens with its own key, in its own vault, under its own name", async () => {
    const { disk, folder } = await written();
    const secret = Buffer.alloc(32, 9);
    expect(await read(folder, { ...PLACE, secret })).toContain("audit record 11 is broken");
    const vaultId = Buffer.alloc(16, 9);
    expect(await read({ ...folder, vaultId })).toContain("belongs to another vault");
    await disk.rename("/v/audit.0000000000000005", "/v/audit.0000000000000006");
    expect(await read(folder, { ...PLACE, epoch: 6n })).toContain("the name of another epoch");
    expect(await read(folder)).toContain("audit record 11 is broken (it is missing");
  });

  it("names the first record that any changed byte makes doubtful", async () => {
    const { bytes, disk, folder } = await written();
    const path = "/v/audit.0000000000000005";
    const whole = Buffer.from(disk.world.peek(path));
    for (let at = 0; at < bytes; at += 37) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      disk.world.poke(path, changed);
      const number = Number(/record (\d+) is broken/.exec(String(await read(folder)))?.[1]);
      // A chunk of 4096 bytes holds four blocks of twenty records.
      const chunk = Math.max(0, Math.floor((at - 160) / 4112));
      expect([at, number]).toEqual([at, 11 + 80 * chunk]);
    }
    disk.world.poke(path, whole);
    expect(await read(folder)).toEqual(RECORDS);
  });

  it("that is cut anywhere is broken", async () => {
    const { bytes, disk, folder } = await written();
    const path = "/v/audit.0000000000000005";
    const whole = Buffer.from(disk.world.peek(path));
    for (let length = 0; length < bytes; length += 101) {
      disk.world.remove(path);
      disk.world.poke(path, whole.subarray(0, length));
      expect(await read(folder)).toContain("is broken");
    }
  });
});
