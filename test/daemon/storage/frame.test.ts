import { createSecretKey } from "node:crypto";
import { expect, test } from "vitest";
import {
  announcedLength,
  FRAME_HEADER_BYTES,
  FrameSealer,
  MAX_PAYLOAD_BYTES,
  openFrame,
  ORIGIN,
} from "@strongroom/daemon/src/storage/frame.ts";
import type { FrameKey } from "@strongroom/daemon/src/storage/frame.ts";

const KEY: FrameKey = {
  key: createSecretKey(Buffer.alloc(32, 5)),
  epoch: 7n,
  vaultId: Buffer.alloc(16, 1),
  keyId: Buffer.alloc(4, 2),
};

function nonceOf(frame: Buffer): string {
  return frame.toString("hex", 24, 32);
}

test("a frame opens to what was sealed, and says what it follows", () => {
  const previous = { sequence: 41, tag: Buffer.alloc(16, 9) };
  const frame = new FrameSealer(KEY).seal(Buffer.from("payload"), previous);
  expect(announcedLength(frame.subarray(0, FRAME_HEADER_BYTES), KEY)).toBe(frame.length);
  const opened = openFrame(frame, KEY);
  expect(opened?.payload.toString()).toBe("payload");
  expect(opened).toMatchObject({ sequence: 42, previousTag: previous.tag, length: frame.length });
});

test("an empty payload is a payload", () => {
  const frame = new FrameSealer(KEY).seal(Buffer.alloc(0), ORIGIN);
  expect(openFrame(frame, KEY)?.payload).toHaveLength(0);
});

test("no byte of a frame can change", () => {
  const frame = new FrameSealer(KEY).seal(Buffer.from("payload"), ORIGIN);
  for (let at = 0; at < frame.length; at += 1) {
    const damaged = Buffer.from(frame);
    damaged.writeUInt8((frame[at] ?? 0) ^ 1, at);
    const length = announcedLength(damaged.subarray(0, FRAME_HEADER_BYTES), KEY);
    const opened = length === damaged.length ? openFrame(damaged, KEY) : undefined;
    expect(opened, `byte ${at}`).toBeUndefined();
  }
});

test.each([
  ["vault", { vaultId: Buffer.alloc(16, 3) }],
  ["key", { key: createSecretKey(Buffer.alloc(32, 6)) }],
])("a frame of another %s does not open", (_what, other) => {
  const frame = new FrameSealer(KEY).seal(Buffer.from("payload"), ORIGIN);
  expect(openFrame(frame, { ...KEY, ...other })).toBeUndefined();
});

test("no two seals share a nonce, even when the first was never written", () => {
  const sealer = new FrameSealer(KEY);
  const nonces = [1, 2, 3].map((text) => nonceOf(sealer.seal(Buffer.from(`${text}`), ORIGIN)));
  expect(new Set(nonces).size).toBe(3);
});

test("a payload that is too long is refused before anything is sealed", () => {
  const sealer = new FrameSealer(KEY);
  expect(sealer.seal(Buffer.alloc(MAX_PAYLOAD_BYTES), ORIGIN)).toHaveLength(4_194_304);
  expect(() => sealer.seal(Buffer.alloc(MAX_PAYLOAD_BYTES + 1), ORIGIN)).toThrow(
    expect.objectContaining({ code: "TOO_LARGE" }),
  );
});
