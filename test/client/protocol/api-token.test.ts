import { randomBytes } from "node:crypto";
import {
  API_KEY_PATTERN,
  formatApiToken,
  parseApiToken,
} from "@strongroom/client/src/protocol/api-token.ts";
import { expect, test } from "vitest";

const made = (): string => formatApiToken(randomBytes(16), randomBytes(32));

test("a key looks as it is published, and is taken apart again", () => {
  for (let n = 0; n < 200; n += 1) {
    const token = made();
    expect(token).toMatch(new RegExp(`^${API_KEY_PATTERN}$`));
    const [, id, secret] = token.split("_");
    expect(parseApiToken(token)).toEqual({ id, secret });
  }
});

test("two secrets that differ in one bit are two texts: all 256 bits are in it", () => {
  const id = Buffer.alloc(16);
  const secret = randomBytes(32);
  const texts = new Set([formatApiToken(id, secret)]);
  for (let bit = 0; bit < 256; bit += 1) {
    const other = Buffer.from(secret);
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    texts.add(formatApiToken(id, other));
  }
  expect(texts.size).toBe(257);
});

test("a key with any letter changed, lost or swapped with the next is none", () => {
  const token = made();
  for (let at = 0; at < token.length; at += 1) {
    const changed = `${token.slice(0, at)}${token[at] === "0" ? "1" : "0"}${token.slice(at + 1)}`;
    expect(parseApiToken(changed)).toBeUndefined();
    expect(parseApiToken(token.slice(0, at) + token.slice(at + 1))).toBeUndefined();
    const [one = "", two = one] = [token[at], token[at + 1]];
    const swapped = token.slice(0, at) + two + one + token.slice(at + 2);
    if (one !== two) expect(parseApiToken(swapped)).toBeUndefined();
  }
  for (const text of ["", "srm_", ` ${token}`, `${token}\n`, token.toUpperCase()]) {
    expect(parseApiToken(text)).toBeUndefined();
  }
});
