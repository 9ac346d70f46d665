import { createHmac, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { KeyedHash } from "@strongroom/daemon/src/vault/keyed-hash.ts";

const hmac = (key: Uint8Array, text: string): string =>
  createHmac("sha256", key).update(text).digest().toString("latin1");

describe("the keyed hash", () => {
  it("is HMAC-SHA-256, for every length around what keeps its room ready", () => {
    const key = randomBytes(32);
    const keyed = new KeyedHash(key);
    const lengths = [...Array(200).keys(), 2730, 2731, 2732, 8191, 8192, 8193, 100_000];
    for (const letter of ["a", "ß", "€", "😀"]) {
      for (const length of lengths) {
        const text = letter.repeat(length);
        expect(keyed.of(text, 32), `${length} of ${letter}`).toBe(hmac(key, text));
      }
    }
  });

  it("gives the case of RFC 4231, section 4.3", () => {
    const keyed = new KeyedHash(Buffer.from("Jefe"));
    expect(
      Buffer.from(keyed.of("what do ya want for nothing?", 32), "latin1").toString("hex"),
    ).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  });

  it("gives as many bytes as are asked for, and is not changed by what it was asked before", () => {
    const keyed = new KeyedHash(randomBytes(32));
    const whole = keyed.of("one", 32);
    expect(keyed.of("a longer text", 16)).toHaveLength(16);
    expect(keyed.of("one", 16)).toBe(whole.slice(0, 16));
  });

  it("refuses a key that is longer than a block", () => {
    expect(() => new KeyedHash(randomBytes(64))).not.toThrow();
    expect(() => new KeyedHash(randomBytes(65))).toThrow(TypeError);
  });
});
