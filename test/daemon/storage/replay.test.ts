import { describe, expect, test } from "vitest";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import { ORIGIN } from "@strongroom/daemon/src/storage/frame.ts";
import { Journal } from "@strongroom/daemon/src/storage/journal.ts";
import {
  holdsBytesAfterHeader,
  readCutJournalHeader,
  readJournalHeader,
  replayFrames,
} from "@strongroom/daemon/src/storage/replay.ts";
import { framePlaces, rearranged } from "../../support/journal-frames.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const KEY = new DataKey(Buffer.alloc(32, 1), Buffer.alloc(16, 2));
const PATH = "/v/journal.0000000000000003";
const MIB_4 = 4_194_304;
const TEXTS = ["one", "", "three"];

/** The bytes of a journal with frames of these texts. */
async function journalOf(...texts: readonly string[]): Promise<Buffer> {
  const disk = new SimulatedDisk();
  const journal = await Journal.create({
    disk,
    path: PATH,
    key: KEY,
    epoch: 3n,
    position: ORIGIN,
    preallocate: 1024,
    pause: async () => {},
  });
  for (const text of texts) (await journal.append(Buffer.from(text), false))();
  return disk.world.peek(PATH);
}

interface Replayed {
  readonly texts: readonly string[];
  readonly torn: boolean;
  readonly end: number;
}

async function replay(content: Buffer, limit?: number): Promise<Replayed> {
  const disk = new SimulatedDisk();
  disk.world.poke(PATH, content);
  const file = await disk.open(PATH);
  const header = await readCutJournalHeader(file, 3n, KEY);
  const texts: string[] = [];
  const frame = (payload: Uint8Array): number => texts.push(Buffer.from(payload).toString());
  const { torn, end, frames } = await replayFrames(file, header, KEY, frame, limit);
  expect(frames).toBe(texts.length);
  return { texts, torn, end };
}

function corrupt(): unknown {
  return expect.objectContaining({ code: "CORRUPT", message: expect.stringContaining(PATH) });
}

test("frames come back in order, and zeros behind them are a clean end", async () => {
  const journal = await journalOf(...TEXTS);
  const end = framePlaces(journal).at(-1)?.to;
  expect(await replay(journal)).toEqual({ texts: TEXTS, torn: false, end });
});

describe("a frame that does not open", () => {
  test("at the end is torn: ignored and counted, wherever it was cut or changed", async () => {
    const journal = await journalOf(...TEXTS);
    const { from, to } = framePlaces(journal)[2] ?? { from: 0, to: 0 };
    for (let at = from; at < to; at += 1) {
      const cut = Buffer.from(journal);
      cut.fill(0, at);
      // One frame of 256 ends in a zero, and is whole without it.
      if (cut.equals(journal)) continue;
      expect(await replay(cut), `cut at ${at}`).toEqual({
        texts: ["one", ""],
        torn: at > from,
        end: from,
      });
      const changed = Buffer.from(journal);
      changed.writeUInt8(1 ^ (changed[at] ?? 0), at);
      expect(await replay(changed), `changed at ${at}`).toMatchObject({ torn: true, end: from });
    }
  });

  test("with a whole one behind it is CORRUPT, wherever it was changed", async () => {
    const journal = await journalOf(...TEXTS);
    const { from, to } = framePlaces(journal)[1] ?? { from: 0, to: 0 };
    for (let at = from; at < to; at += 1) {
      const changed = Buffer.from(journal);
      changed.writeUInt8(1 ^ (changed[at] ?? 0), at);
      await expect(replay(changed), `at ${at}`).rejects.toEqual(corrupt());
    }
  });

  test("with the header of one behind it is CORRUPT, though that one is damaged as well", async () => {
    const journal = await journalOf(...TEXTS);
    const [, second, third] = framePlaces(journal);
    const { from, to } = second ?? { from: 0, to: 0 };
    for (let at = from; at < to; at += 1) {
      const changed = Buffer.from(journal);
      changed.writeUInt8(1 ^ (changed[at] ?? 0), at);
      changed.fill(0xff, (third?.from ?? 0) + 40);
      await expect(replay(changed), `at ${at}`).rejects.toEqual(corrupt());
    }
  });

  test("with a whole one far behind it is CORRUPT, beyond what is read at once", async () => {
    const journal = await journalOf("one", "two");
    const [first, second] = framePlaces(journal);
    const frame = journal.subarray(second?.from, second?.to);
    const far = Buffer.concat([journal.subarray(0, first?.to), Buffer.alloc(MIB_4 - 200), frame]);
    expect(far.length).toBeLessThan((first?.to ?? 0) + MIB_4);
    await expect(replay(far)).rejects.toEqual(corrupt());
  });
});

test("frames that are doubled, moved or left out are CORRUPT", async () => {
  const journal = await journalOf("one", "two", "three");
  for (const order of [
    [0, 0, 1, 2],
    [1, 0, 2],
    [0, 2],
    [1, 2],
    [0, 1, 1],
  ]) {
    await expect(replay(rearranged(journal, order)), order.join()).rejects.toEqual(corrupt());
  }
});

test("a byte is torn where a frame could have written it, CORRUPT where none could", async () => {
  const journal = await journalOf("one");
  const end = framePlaces(journal)[0]?.to ?? 0;
  const withByteAt = (at: number): Buffer => {
    const longer = Buffer.concat([journal, Buffer.alloc(at + 1 - journal.length)]);
    longer.writeUInt8(7, at);
    return longer;
  };
  expect(await replay(withByteAt(end + MIB_4 - 1))).toMatchObject({ texts: ["one"], torn: true });
  await expect(replay(withByteAt(end + MIB_4))).rejects.toEqual(corrupt());
});

test("what lies behind a limit is not looked at", async () => {
  const journal = await journalOf("one", "two");
  const [first] = framePlaces(journal);
  expect(await replay(journal, first?.to)).toEqual({ texts: ["one"], torn: false, end: first?.to });
});

describe("a journal that is shorter than it says", () => {
  test("is CORRUPT, by a single byte, but for a repair", async () => {
    const journal = await journalOf("one");
    const disk = new SimulatedDisk();
    disk.world.poke(PATH, journal.subarray(0, -1));
    const file = await disk.open(PATH);
    await expect(readJournalHeader(file, 3n, KEY)).rejects.toEqual(corrupt());
    await expect(readCutJournalHeader(file, 3n, KEY)).resolves.toMatchObject({ epoch: 3n });
  });
});

test("whether a journal was ever served shows in any byte behind its header", async () => {
  const disk = new SimulatedDisk();
  const empty = await journalOf();
  disk.world.poke(PATH, empty);
  expect(await holdsBytesAfterHeader(await disk.open(PATH))).toBe(false);
  for (const at of [160, empty.length - 1]) {
    const used = Buffer.from(empty);
    used.writeUInt8(1, at);
    disk.world.poke(PATH, used);
    expect(await holdsBytesAfterHeader(await disk.open(PATH)), `at ${at}`).toBe(true);
  }
});
