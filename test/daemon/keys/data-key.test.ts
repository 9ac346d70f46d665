import { hkdfSync } from "node:crypto";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { DataKey, mac, sameBytes } from "@strongroom/daemon/src/keys/data-key.ts";

const BYTES = Buffer.alloc(32, 0xa1);
const ID = Buffer.alloc(16, 0xb2);
const SALT = Buffer.alloc(32, 0xc3);
const key = new DataKey(BYTES, ID);

test("keys are derived as docs/storage-format.md says", () => {
  const plain = Buffer.from(hkdfSync("sha256", BYTES, ID, "strongroom 1 mark", 32));
  expect(key.derive("mark")).toEqual(plain);
  const check = Buffer.from(hkdfSync("sha256", BYTES, ID, "strongroom 1 key check", 32));
  expect(key.check).toEqual(check.subarray(0, 16));
  const epoch = Buffer.from("0000000000000102", "hex");
  const info = Buffer.concat([Buffer.from("strongroom 1 journal\0"), ID, epoch]);
  const file = Buffer.from(hkdfSync("sha256", BYTES, SALT, info, 32));
  expect(key.fileKey("journal", SALT, 0x102n).export()).toEqual(file);
});

test("every purpose, salt, epoch, vault and data key has a key of its own", () => {
  const other = Buffer.alloc(32, 0xd4);
  const keys = [
    key.fileKey("journal", SALT, 1n),
    key.fileKey("snapshot", SALT, 1n),
    key.fileKey("journal", other, 1n),
    key.fileKey("journal", SALT, 2n),
    new DataKey(BYTES, Buffer.alloc(16)).fileKey("journal", SALT, 1n),
    new DataKey(other, ID).fileKey("journal", SALT, 1n),
  ].map((each) => each.export().toString("hex"));
  keys.push(key.derive("journal").toString("hex"), key.derive("mark").toString("hex"));
  expect(new Set(keys).size).toBe(8);
});

test("a key or an id of another length is the programmer's mistake", () => {
  expect(() => new DataKey(BYTES.subarray(1), ID)).toThrow(TypeError);
  expect(() => new DataKey(BYTES, ID.subarray(1))).toThrow(TypeError);
});

test("neither printing nor JSON shows the key, and a caller's buffer is not kept", () => {
  const shown = `${inspect(key, { depth: 9, showHidden: true })} ${JSON.stringify(key)}`;
  for (const form of ["hex", "base64"] as const) expect(shown).not.toContain(BYTES.toString(form));
  expect(shown).not.toContain("a1 a1");
  const bytes = Buffer.from(BYTES);
  const made = new DataKey(bytes, ID);
  bytes.fill(0);
  expect(made.export()).toEqual(BYTES);
});

test("a MAC is over all parts, and equal bytes have equal lengths", () => {
  const whole = mac(BYTES, Buffer.from("ab"), Buffer.from("c"));
  expect(whole).toEqual(mac(BYTES, Buffer.from("abc")));
  expect(whole).not.toEqual(mac(SALT, Buffer.from("abc")));
  expect(sameBytes(whole, Buffer.from(whole))).toBe(true);
  expect(sameBytes(whole, whole.subarray(0, 31))).toBe(false);
  expect(sameBytes(Buffer.of(1, 2), Buffer.of(1, 3))).toBe(false);
});
