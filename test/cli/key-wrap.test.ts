import { unwrapKey, wrapKey } from "strongroom/src/key-wrap.ts";
import { describe, expect, it } from "vitest";

const BY = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");
const KEY = Buffer.from("00112233445566778899aabbccddeeff", "hex");

describe("a key wrapped by another", () => {
  it("is that of RFC 3394 section 4.1, both ways", async () => {
    const wrapped = await wrapKey(BY, KEY);
    expect(wrapped.toString("hex")).toBe("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
    expect(await unwrapKey(BY, wrapped)).toEqual(KEY);
  });

  it("is not there for another wrapping key, nor of other bytes", async () => {
    const wrapped = await wrapKey(BY, KEY);
    await expect(unwrapKey(KEY, wrapped)).rejects.toThrow();
    await expect(unwrapKey(BY, wrapped.fill(0, 0, 1))).rejects.toThrow();
    await expect(unwrapKey(BY, wrapped.subarray(3))).rejects.toThrow();
  });
});
