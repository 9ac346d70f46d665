import { readChange, writeChange } from "@strongroom/daemon/src/vault/change.ts";
import type { Change } from "@strongroom/daemon/src/vault/change.ts";
import type { OAuthRecord } from "@strongroom/daemon/src/vault/oauth-record.ts";
import { ByteReader } from "@strongroom/daemon/src/vault/reader.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { ByteWriter } from "@strongroom/daemon/src/vault/writer.ts";
import { expect, it } from "vitest";
import { credential } from "../../support/oauth/credential.ts";

const record: OAuthRecord = {
  name: "a",
  registration: credential("a").registration,
  scopes: ["read"],
  generation: 7,
  updatedAt: 1,
  access: { token: "t", type: "Bearer", obtainedAt: 1, expiresAt: 2, assumed: true },
  refreshToken: "r",
  flight: { id: "f", generation: 7, attempts: 1, startedAt: 1 },
};

function written(change: Change): Buffer {
  const writer = new ByteWriter(8);
  writeChange(writer, change);
  return Buffer.from(writer.view());
}

it("has the bytes that every release from the first on has written", () => {
  const json = Buffer.from(JSON.stringify(record));
  const length = Buffer.from([(json.length & 0x7f) | 0x80, json.length >> 7]);
  expect(written({ kind: "oauth", record })).toEqual(
    Buffer.concat([Buffer.from([30]), length, json]),
  );
  expect(written({ kind: "forget-oauth", name: "a" }).toString("hex")).toBe("1f0161");
});

it("comes back as it was", () => {
  for (const change of [
    { kind: "oauth", record },
    { kind: "forget-oauth", name: "a" },
  ] as const) {
    expect(readChange(new ByteReader(written(change)))).toEqual(change);
  }
});

it("is damage where it is none, and quotes nothing of it", () => {
  const broken = [
    "{",
    "[]",
    '"refresh"',
    JSON.stringify({ ...record, name: 1 }),
    JSON.stringify({ ...record, scopes: "read" }),
    JSON.stringify({ ...record, generation: "7" }),
    JSON.stringify({ ...record, registration: {} }),
  ];
  for (const text of broken) {
    const writer = new ByteWriter(8);
    writer.byte(30);
    writer.text(text);
    const bytes = Buffer.from(writer.view());
    const read = (): unknown => readChange(new ByteReader(bytes));
    expect(read).toThrow(expect.objectContaining({ code: "CORRUPT" }));
    expect(() => new VaultState().record(bytes)).toThrow(
      expect.objectContaining({ code: "CORRUPT" }),
    );
    expect(read).not.toThrow("refresh");
  }
});

/** A frame of one commit, the first, that makes this change. */
function frameOf(change: Change): Uint8Array {
  const writer = new ByteWriter(8);
  const bytes = written(change);
  writer.byte(1);
  writer.fixed(bytes.length + 9);
  writer.integer(1);
  writer.time(1);
  writer.byte(0);
  writer.integer(1);
  writer.raw(bytes);
  return writer.view();
}

it("follows no record with a later generation", () => {
  const state = new VaultState();
  state.putOAuth("a", record);
  const older = { kind: "oauth", record: { ...record, generation: 6 } } as const;
  expect(() => state.frame(frameOf(older))).toThrow(expect.objectContaining({ code: "CORRUPT" }));
  expect(state.oauth.get("a")).toBe(record);
  const newer = { kind: "oauth", record: { ...record, generation: 8 } } as const;
  state.frame(frameOf(newer));
  expect(state.oauth.get("a")).toEqual(newer.record);
});

it("is not forgotten where there is none", () => {
  const forget = { kind: "forget-oauth", name: "a" } as const;
  const state = new VaultState();
  expect(() => state.frame(frameOf(forget))).toThrow(expect.objectContaining({ code: "CORRUPT" }));
});
