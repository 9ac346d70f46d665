import { array, assert, asyncProperty, constantFrom, nat, oneof } from "fast-check";
import { expect, test } from "vitest";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import { ORIGIN } from "@strongroom/daemon/src/storage/frame.ts";
import {
  readSnapshot,
  readSnapshotHeader,
  writeSnapshot,
} from "@strongroom/daemon/src/storage/snapshot.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const KEY = new DataKey(Buffer.alloc(32, 1), Buffer.alloc(16, 2));
const PATH = "/v/snapshot.0000000000000003";

async function written(records: readonly Uint8Array[]): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const file = await disk.create(PATH);
  await writeSnapshot(file, {
    key: KEY,
    epoch: 3n,
    position: ORIGIN,
    journalSalt: Buffer.alloc(32),
    records,
    pause: async () => {},
  });
  return disk;
}

async function read(disk: SimulatedDisk): Promise<Buffer[]> {
  const file = await disk.open(PATH);
  const header = await readSnapshotHeader(file, 3n, KEY);
  const records: Buffer[] = [];
  await readSnapshot(file, header, KEY, (record) => records.push(Buffer.from(record)));
  return records;
}

test("records of any length come back as they were, in order", async () => {
  const length = oneof(
    nat(100),
    constantFrom(65_531, 65_532, 65_533, 65_536, 131_064, 131_068, 131_072, 200_000),
  );
  await assert(
    asyncProperty(array(length, { maxLength: 6 }), async (lengths) => {
      const records = lengths.map((each, index) => Buffer.alloc(each, index + 1));
      const back = await read(await written(records));
      expect(back.map((record) => record.length)).toEqual(lengths);
      expect(back.every((record, index) => record.equals(records[index] ?? record))).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("chunks cannot be left out, moved or appended", async () => {
  const disk = await written([Buffer.alloc(200_000, 7)]);
  const whole = disk.world.peek(PATH);
  const sealed = 65_536 + 16;
  const chunk = (index: number): Buffer =>
    whole.subarray(160 + index * sealed, 160 + (index + 1) * sealed);
  const header = whole.subarray(0, 160);
  const damaged = [
    [header, chunk(1), chunk(0), chunk(2), chunk(3)],
    [header, chunk(0), chunk(2), chunk(3)],
    [header, chunk(0), chunk(1), chunk(2)],
    [header, chunk(0), chunk(1), chunk(2), chunk(3), chunk(3)],
    [header],
  ];
  for (const parts of damaged) {
    disk.world.poke(PATH, Buffer.concat(parts));
    await expect(read(disk)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining(PATH),
    });
  }
});

test("a newer format is UNSUPPORTED_FORMAT, another vault's file CORRUPT", async () => {
  const disk = await written([]);
  const newer = disk.world.peek(PATH);
  newer.writeUInt32BE(2, 8);
  disk.world.poke(PATH, newer);
  await expect(read(disk)).rejects.toMatchObject({ code: "UNSUPPORTED_FORMAT" });
  const stranger = new DataKey(Buffer.alloc(32, 1), Buffer.alloc(16, 9));
  const file = await (await written([])).open(PATH);
  await expect(readSnapshotHeader(file, 3n, stranger)).rejects.toMatchObject({ code: "CORRUPT" });
});
