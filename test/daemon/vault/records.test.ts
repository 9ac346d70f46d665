import { describe, expect, it } from "vitest";
import type { Commit } from "@strongroom/daemon/src/vault/commit.ts";
import { readFrame, writeCommitRecord } from "@strongroom/daemon/src/vault/frame-records.ts";
import { ByteReader } from "@strongroom/daemon/src/vault/reader.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { ByteWriter } from "@strongroom/daemon/src/vault/writer.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

const commit: Commit = {
  revision: 300,
  time: 1_700_000_000_000,
  request: { key: "k".repeat(16), body: "b".repeat(16), numbers: [7, 0] },
  changes: [
    {
      kind: "set",
      name: "é",
      version: 7,
      value: Buffer.from("v"),
      encoding: "utf8",
      metadata: { tags: ["t"] },
    },
    {
      kind: "set",
      name: "b",
      version: 1,
      value: Buffer.from([0xff]),
      encoding: "base64",
      metadata: undefined,
    },
    { kind: "delete", name: "b", version: 2 },
    { kind: "restore", name: "b", version: 3, from: 1 },
    { kind: "drop", name: "b", versions: [1, 2] },
    { kind: "forget", name: "b" },
    { kind: "clear", prefix: "c/", cleared: 200 },
  ],
};

function written(...commits: readonly Commit[]): Buffer {
  const writer = new ByteWriter(8);
  for (const each of commits) writeCommitRecord(writer, each);
  return Buffer.from(writer.view());
}

async function load(records: readonly Uint8Array[]): Promise<void> {
  const state = new VaultState();
  for (const record of records) state.record(record);
}

function codeOfReading(payload: Uint8Array): string {
  try {
    for (const _ of readFrame(payload));
    return "read";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe("a commit record", () => {
  it("comes back as it was, one after another", () => {
    const plain = { ...commit, revision: 301, request: undefined, changes: [] };
    const read = [...readFrame(written(commit, plain))];
    const by = { who: { actor: "owner" }, operation: undefined };
    expect(read).toEqual([commit, plain].map((each) => ({ kind: "commit", commit: each, by })));
  });

  it("has the bytes that every release before has written", () => {
    expect(written(commit).toString("hex")).toBe(
      [
        "01",
        "00000062",
        "ac02",
        "018bcfe56800",
        "01",
        "6b".repeat(16),
        "62".repeat(16),
        "020700",
        "07",
        "0102c3a9070e" + Buffer.from('{"tags":["t"]}').toString("hex") + "0176",
        "020162010001ff",
        "03016202",
        "0401620301",
        "050162020102",
        "060162",
        "0702632fc801",
      ].join(""),
    );
  });

  it("is CORRUPT when it is cut anywhere or when something follows", () => {
    const whole = written(commit);
    for (let length = 1; length < whole.length; length++) {
      expect(codeOfReading(whole.subarray(0, length)), `${length}`).toBe("CORRUPT");
    }
    const longer = Buffer.concat([whole, Buffer.from([0])]);
    longer.writeUInt32BE(longer.length - 5, 1);
    expect(codeOfReading(longer)).toBe("CORRUPT");
  });

  it("of an unknown type, or with an unknown change in it, is UNSUPPORTED_FORMAT", () => {
    expect(codeOfReading(Buffer.from([99, 0, 0, 0, 0]))).toBe("UNSUPPORTED_FORMAT");
    const odd = written({ ...commit, request: undefined, changes: commit.changes.slice(5, 6) });
    odd[odd.length - 3] = 99;
    expect(codeOfReading(odd)).toBe("UNSUPPORTED_FORMAT");
  });

  it("with metadata that is no object of JSON is CORRUPT, and the metadata is not quoted", () => {
    const metadata = '{"tags":["t"]}';
    for (const broken of ['{"tags":["t"}]', "12345678901234", '["metadata!!"]', "null          "]) {
      const payload = written(commit);
      payload.write(broken, payload.indexOf(metadata), "latin1");
      expect(codeOfReading(payload), broken).toBe("CORRUPT");
    }
  });

  it("that announces more than it can hold is CORRUPT, and no room is made for it", () => {
    const figures = { key: "k".repeat(16), body: "b".repeat(16), numbers: [] };
    for (const count of [1_000, 30_000_000, 2 ** 33, 2 ** 53 - 1]) {
      const numbers = new ByteWriter(8);
      numbers.integer(count);
      const changes = Buffer.from([0, ...numbers.view()]);
      const payload = written({ ...commit, request: figures, changes: [] });
      // The last two bytes are the number of figures and that of changes.
      const cut = payload.subarray(0, -2);
      for (const tail of [Buffer.from(numbers.view()), changes]) {
        const whole = Buffer.concat([cut, tail]);
        whole.writeUInt32BE(whole.length - 5, 1);
        const before = process.memoryUsage().heapUsed;
        expect(codeOfReading(whole), `${count}`).toBe("CORRUPT");
        expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
      }
    }
  });

  it("that does not follow the state is CORRUPT", () => {
    const state = new VaultState();
    const next = { ...commit, revision: 1, request: undefined };
    const changes = [
      [{ kind: "delete", name: "a", version: 1 }],
      [{ kind: "forget", name: "a" }],
      [{ kind: "restore", name: "a", version: 1, from: 1 }],
      [{ kind: "drop", name: "a", versions: [1] }],
      [{ kind: "clear", prefix: "a", cleared: 1 }],
      [
        {
          kind: "set",
          name: "a",
          version: 2,
          value: Buffer.from(""),
          encoding: "utf8",
          metadata: undefined,
        },
      ],
    ] as const;
    for (const each of changes) {
      expect(() => state.frame(written({ ...next, changes: each }))).toThrow(
        expect.objectContaining({ code: "CORRUPT" }),
      );
    }
    expect(() => state.frame(written({ ...next, revision: 2, changes: [] }))).toThrow(
      expect.objectContaining({ code: "CORRUPT" }),
    );
    expect(state.counters.revision).toBe(0);
  });
});

describe("an integer", () => {
  it("comes back up to 53 bits, and no further", () => {
    for (const value of [0, 1, 127, 128, 16_383, 16_384, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const writer = new ByteWriter(1);
      writer.integer(value);
      expect(new ByteReader(writer.view()).integer()).toBe(value);
    }
    expect(() => new ByteReader(Buffer.alloc(12, 0xff)).integer()).toThrow(
      expect.objectContaining({ code: "CORRUPT" }),
    );
  });
});

describe("a snapshot", () => {
  it("holds values, metadata, history, floor, request ids and times", async () => {
    const vault = new TestVault();
    await vault.call("secret/set", { name: "a", value: "1", requestId: "r", seen: 0 });
    await vault.call("secret/set", { name: "a", value: "2", metadata: { note: "n" } });
    await vault.call("secret/delete", { name: "a" });
    await vault.set("gone", "x");
    await vault.call("secret/purge", { name: "gone" });
    await vault.call("vault/compact", {});
    const again = vault.reopened();
    expect(again.log.frames).toHaveLength(0);
    expect(again.state.counters).toEqual(vault.state.counters);
    expect((await again.call("secret/get", { name: "a", version: 2 })).metadata).toEqual({
      note: "n",
    });
    expect(await again.set("gone", "y")).toMatchObject({ version: 2 });
    const repeated = { name: "a", value: "1", requestId: "r", seen: 0 };
    expect(await again.call("secret/set", repeated)).toEqual({
      name: "a",
      version: 1,
      revision: 1,
    });
  });

  it("is CORRUPT when a record is missing, doubled or unreadable, and UNSUPPORTED_FORMAT when one is unknown", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    await vault.call("secret/set", { name: "b", value: "2", requestId: "r" });
    const records = [...vault.state.records()].map((record) => Buffer.from(record));
    expect(await codeOf(load(records))).toBe("resolved");
    for (const index of [1, 2, 3]) {
      expect(await codeOf(load(records.toSpliced(index, 1)))).toBe("CORRUPT");
    }
    expect(await codeOf(load(records.toSpliced(1, 0, records[1] ?? Buffer.alloc(0))))).toBe(
      "CORRUPT",
    );
    expect(
      await codeOf(load([Buffer.concat([records[0] ?? Buffer.alloc(0), Buffer.from([0])])])),
    ).toBe("CORRUPT");
    expect(await codeOf(load([Buffer.from([77])]))).toBe("UNSUPPORTED_FORMAT");
  });
});
