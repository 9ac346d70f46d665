import { identityOf, wordsOf } from "strongroom/src/recovery/words.ts";
import { newRecoveryKey } from "strongroom/src/recovery/identity.ts";
import { describe, expect, it } from "vitest";

/** Identities of 32 equal bytes, and the words of the test vectors of BIP 39 for them. */
const VECTORS: readonly (readonly [identity: string, words: string])[] = [
  [
    "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ8H00W3",
    `${"abandon ".repeat(23)}art`,
  ],
  [
    "AGE-SECRET-KEY-1LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLS9FV78X",
    `${"zoo ".repeat(23)}vote`,
  ],
  [
    "AGE-SECRET-KEY-10ALH7LML0ALH7LML0ALH7LML0ALH7LML0ALH7LML0ALH7LML0ALSMLMAVJ",
    `${"legal winner thank year wave sausage worth useful ".repeat(2)}legal winner thank year wave sausage worth title`,
  ],
];

describe("the words of a recovery key", () => {
  it.each(VECTORS)("of %s are those of BIP 39", async (identity, words) => {
    expect((await wordsOf(identity)).join(" ")).toBe(words);
    expect(await identityOf(words)).toBe(identity);
  });

  it("lead back to the identity, however they were written down", async () => {
    const { identity } = await newRecoveryKey();
    const words = await wordsOf(identity);
    expect(words).toHaveLength(24);
    const sheet = words.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join(",\r\n");
    expect(await identityOf(sheet)).toBe(identity);
  });

  it.each([
    ["one too few", (words: string[]) => words.slice(1), /there are 23 words/],
    ["a word of no list", (words: string[]) => ["strongroom", ...words.slice(1)], /word 1 is none/],
    ["two that changed places", swapped, /checksum/],
  ])("with %s are refused, and none is quoted", async (_what, change, why) => {
    const words = [...(await wordsOf((await newRecoveryKey()).identity))];
    const refusal = await identityOf(change(words).join(" ")).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: "INVALID",
      message: expect.stringMatching(why) as string,
    });
    expect(words.filter((word) => word.length > 5 && String(refusal).includes(word))).toEqual([]);
  });
});

/** A known phrase with its first two words in the other order; its checksum is wrong then. */
function swapped(): string[] {
  return (VECTORS[2]?.[1] ?? "").replace(/^legal winner/, "winner legal").split(" ");
}
