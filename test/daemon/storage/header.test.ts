import { expect, test } from "vitest";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import { HEADER_BYTES, openHeader, sealHeader } from "@strongroom/daemon/src/storage/header.ts";
import type { Header } from "@strongroom/daemon/src/storage/header.ts";

const KEY = new DataKey(Buffer.alloc(32, 1), Buffer.alloc(16, 2));
const PATH = "/v/journal.0000000000000003";
const HEADERS: readonly Header[] = (["journal", "snapshot"] as const).map((kind) => ({
  kind,
  epoch: 3n,
  position: { sequence: 41, tag: Buffer.alloc(16, 4) },
  salt: Buffer.alloc(32, 5),
  binding: Buffer.alloc(32, 6),
}));

test.each(HEADERS)("the header of a $kind gives back what it was made of", (header) => {
  const bytes = sealHeader(header, KEY);
  expect(bytes).toHaveLength(HEADER_BYTES);
  expect(openHeader(bytes, header, KEY, PATH)).toEqual(header);
});

test.each(HEADERS)("no byte in the header of a $kind can change, and none be missing", (header) => {
  const whole = sealHeader(header, KEY);
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Buffer.from(whole);
    changed.writeUInt8(1 ^ (whole[at] ?? 0), at);
    for (const bytes of [changed, whole.subarray(0, at)]) {
      expect(() => openHeader(bytes, header, KEY, PATH), `byte ${at}`).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^(?:CORRUPT|UNSUPPORTED_FORMAT)$/u),
          message: expect.stringContaining(PATH),
        }),
      );
    }
  }
});

test("a header says to what it belongs: kind, epoch, vault and data key", () => {
  const [journal, snapshot] = HEADERS;
  if (journal === undefined || snapshot === undefined) throw new TypeError("no headers");
  const bytes = sealHeader(journal, KEY);
  const otherVault = new DataKey(Buffer.alloc(32, 1), Buffer.alloc(16, 9));
  const otherKey = new DataKey(Buffer.alloc(32, 9), Buffer.alloc(16, 2));
  const opened: [why: string, open: () => unknown][] = [
    ["is no snapshot", () => openHeader(bytes, snapshot, KEY, PATH)],
    ["another epoch", () => openHeader(bytes, { ...journal, epoch: 4n }, KEY, PATH)],
    ["another vault", () => openHeader(bytes, journal, otherVault, PATH)],
    ["does not authenticate", () => openHeader(bytes, journal, otherKey, PATH)],
    ["cut short", () => openHeader(bytes.subarray(0, HEADER_BYTES - 1), journal, KEY, PATH)],
  ];
  for (const [why, open] of opened) {
    const message: unknown = expect.stringContaining(why);
    expect(open).toThrow(expect.objectContaining({ code: "CORRUPT", message }));
  }
});
