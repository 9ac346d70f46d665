import { describe, expect, test, vi } from "vitest";
import { createHash, createHmac, createSecretKey } from "node:crypto";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import type { Position } from "@strongroom/daemon/src/storage/frame.ts";
import {
  compareWithMark,
  encodeMark,
  Mark,
  markPath,
  readMark,
} from "@strongroom/daemon/src/storage/mark.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const KEY = new DataKey(Buffer.alloc(32, 1), Buffer.alloc(16, 2));
const OTHER = new DataKey(Buffer.alloc(32, 9), Buffer.alloc(16, 2));
const PATH = "/s/one.mark";

function at(sequence: number, tag = 5): Position {
  return { sequence, tag: Buffer.alloc(16, tag) };
}

async function readBack(content: Uint8Array): Promise<unknown> {
  const disk = new SimulatedDisk();
  disk.world.poke(PATH, content);
  return await readMark(disk, PATH, KEY);
}

test("every place and every vault has a mark of its own", () => {
  const paths = ["/a", "/b"].flatMap((folder) =>
    [1, 2].map((id) => markPath("/s", folder, Buffer.alloc(16, id))),
  );
  expect(new Set(paths).size).toBe(4);
  for (const path of paths) expect(path).toMatch(/^\/s\/[0-9a-f]{16}\.mark$/);
});

test("a mark gives back what it was made of; anything damaged counts as missing", async () => {
  const seen = { epoch: 7n, position: at(41) };
  const whole = encodeMark(seen, KEY);
  expect(await readBack(whole)).toEqual(seen);
  for (let byte = 0; byte < whole.length; byte += 1) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(1 ^ (whole[byte] ?? 0), byte);
    expect(await readBack(damaged), `byte ${byte}`).toBeUndefined();
    expect(await readBack(whole.subarray(0, byte)), `cut to ${byte}`).toBeUndefined();
  }
  expect(await readMark(new SimulatedDisk(), PATH, KEY)).toBeUndefined();
});

test.each(["EACCES", "EIO", "EISDIR", "ELOOP", "ENXIO", "EMFILE"])(
  "a mark that cannot be read is refused, and not taken for none: %s",
  async (code) => {
    const disk = new SimulatedDisk();
    disk.world.poke(PATH, encodeMark({ epoch: 7n, position: at(41) }, KEY));
    vi.spyOn(disk, "open").mockRejectedValue(Object.assign(new Error("no"), { code }));
    const lasts = code !== "EMFILE";
    await expect(readMark(disk, PATH, KEY)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(`^${PATH}: .*\\(${code}\\)`),
      hint: expect.stringContaining(
        lasts ? `mv -n ${PATH} ${PATH}.old; strongroom daemon restart` : "ulimit -n",
      ),
    });
  },
);

test("a mark is written as the document of the format has it", () => {
  const mark = encodeMark({ epoch: 7n, position: at(41) }, KEY);
  const head = [
    Buffer.from("SRMARK01").toString("hex"),
    "02".repeat(16),
    KEY.check.toString("hex"),
    "0000000000000007",
    "0000000000000029",
    "05".repeat(16),
  ].join("");
  expect(mark.toString("hex", 0, 72)).toBe(head);
  const checksum = createHash("sha256").update(mark.subarray(0, 72)).digest();
  expect(mark.subarray(72, 80)).toEqual(checksum.subarray(0, 8));
  const authentic = createHmac("sha256", KEY.derive("mark")).update(mark.subarray(0, 80)).digest();
  expect(mark.subarray(80)).toEqual(authentic);
  expect(mark).toHaveLength(112);
});

test("a mark that somebody without the key made counts as missing", async () => {
  const stranger = createSecretKey(Buffer.alloc(32, 3));
  const forged = encodeMark({ epoch: 1n, position: at(1_000_000) }, KEY, stranger);
  expect(await readBack(forged)).toBeUndefined();
});

test("a whole mark of another data key is ROLLED_BACK", async () => {
  const theirs = encodeMark({ epoch: 1n, position: at(0) }, OTHER);
  await expect(readBack(theirs)).rejects.toMatchObject({
    code: "ROLLED_BACK",
    message: expect.stringContaining(PATH),
    hint: expect.stringContaining(`rm ${PATH}; strongroom daemon restart`),
  });
});

describe("a state is", () => {
  const seen = { epoch: 1n, position: at(10) };
  const compare = (state: Position, mark = seen): void => compareWithMark(state, mark, PATH);

  test("ROLLED_BACK below the mark, and beside it with another frame", () => {
    for (const state of [at(9), at(0), at(10, 6)]) {
      expect(() => compare(state)).toThrow(
        expect.objectContaining({ code: "ROLLED_BACK", message: expect.stringContaining(PATH) }),
      );
    }
  });

  test("taken at the mark, above it, and where there is none", () => {
    for (const state of [at(10), at(11, 6)]) expect(() => compare(state)).not.toThrow();
    expect(() => compareWithMark(at(0), undefined, PATH)).not.toThrow();
  });
});

describe("the mark of a vault that is served", () => {
  test("is put in place durably, over whatever an interrupted process left", async () => {
    const disk = new SimulatedDisk();
    disk.world.poke(`${PATH}.tmp`, Buffer.from("left"));
    disk.world.poke(PATH, Buffer.from("old"));
    await Mark.publish(disk, PATH, { epoch: 2n, position: at(3) }, KEY);
    const after = disk.reboot({ kind: "drop" });
    expect(after.world.files()).toEqual([PATH]);
    expect(await readMark(after, PATH, KEY)).toEqual({ epoch: 2n, position: at(3) });
  });

  test("moves by one write and no sync", async () => {
    const disk = new SimulatedDisk();
    const mark = await Mark.publish(disk, PATH, { epoch: 2n, position: at(3) }, KEY);
    const before = disk.sites.length;
    mark.move({ epoch: 3n, position: at(4) });
    expect(disk.sites.slice(before).map(({ kind }) => kind)).toEqual(["write"]);
    expect(await readMark(disk, PATH, KEY)).toEqual({ epoch: 3n, position: at(4) });
  });

  test("leaves the old one when it cannot be written", async () => {
    for (let site = 1; site <= 3; site += 1) {
      const disk = new SimulatedDisk(undefined, { site, action: "enospc" });
      const old = encodeMark({ epoch: 1n, position: at(1) }, KEY);
      disk.world.poke(PATH, old);
      const publishing = Mark.publish(disk, PATH, { epoch: 2n, position: at(3) }, KEY);
      await expect(publishing).rejects.toMatchObject({ code: "ENOSPC" });
      expect(disk.world.peek(PATH)).toEqual(old);
    }
  });
});

class SlowlyUnlinking extends SimulatedDisk {
  override async unlink(path: string): Promise<void> {
    await Promise.resolve();
    await super.unlink(path);
  }
}

test("what an interrupted publishing left is gone before another begins", async () => {
  const disk = new SlowlyUnlinking();
  disk.world.poke(`${PATH}.tmp`, Buffer.from("half"));
  const seen = { epoch: 2n, position: at(3) };
  const mark = await Mark.publish(disk, PATH, seen, KEY);
  await mark.close();
  expect(await readMark(disk, PATH, KEY)).toEqual(seen);
});
