import { createCipheriv, createDecipheriv, createHmac, getDiffieHellman } from "node:crypto";
import { agree, plain } from "strongroom/src/secret-service/cipher.ts";
import { describe, expect, it } from "vitest";

/** The key as RFC 2409, section 6.2, and RFC 5869 have it, by other functions than ours. */
function keyOf(theirs: Uint8Array, own: ReturnType<typeof getDiffieHellman>): Buffer {
  const shared = own.computeSecret(theirs);
  const padded = Buffer.concat([Buffer.alloc(128 - shared.length), shared]);
  const extracted = createHmac("sha256", Buffer.alloc(32)).update(padded).digest();
  return createHmac("sha256", extracted).update(Buffer.of(1)).digest().subarray(0, 16);
}

describe("secrets that travel", () => {
  it("are sealed under the key that both ends agree on, both ways", () => {
    const own = getDiffieHellman("modp2");
    own.generateKeys();
    const seen = new Set<string>();
    for (let round = 0; round < 600; round += 1) {
      const { cipher, ours } = agree(own.getPublicKey());
      seen.add(Buffer.from(ours).toString("hex"));
      const key = keyOf(ours, own);
      const { parameters, value } = cipher.seal(Buffer.from(`a secret ${round}`));
      const decipher = createDecipheriv("aes-128-cbc", key, parameters);
      const opened = Buffer.concat([decipher.update(value), decipher.final()]);
      expect(opened.toString()).toBe(`a secret ${round}`);
      const iv = Buffer.alloc(16, round % 256);
      const sealer = createCipheriv("aes-128-cbc", key, iv);
      const sealed = Buffer.concat([sealer.update("back"), sealer.final()]);
      expect(Buffer.from(cipher.open(iv, sealed)).toString()).toBe("back");
    }
    expect(seen.size).toBe(600);
  });

  it("are never sealed twice alike", () => {
    const { cipher } = agree(Buffer.of(5));
    const [one, other] = [cipher.seal(Buffer.of(1)), cipher.seal(Buffer.of(1))];
    expect(one.parameters).not.toEqual(other.parameters);
    expect(one.value).not.toEqual(other.value);
  });

  it("are refused where they were not sealed so", () => {
    const invalid = expect.objectContaining({
      name: "org.freedesktop.DBus.Error.InvalidArgs",
    }) as Error;
    const { cipher } = agree(Buffer.of(5));
    expect(() => cipher.open(Buffer.alloc(15), Buffer.alloc(16))).toThrow(invalid);
    expect(() => cipher.open(Buffer.alloc(16), Buffer.alloc(15))).toThrow(invalid);
    expect(() => cipher.open(Buffer.alloc(16), Buffer.alloc(0))).toThrow(invalid);
    expect(() => plain.open(Buffer.alloc(16), Buffer.alloc(1))).toThrow(invalid);
  });
});
