import { charsetOf, CHARSETS } from "strongroom/src/generate/charsets.ts";
import { make } from "strongroom/src/generate/make.ts";
import { expect, it } from "vitest";

it("all characters are equally likely", () => {
  const counts = new Map<string, number>();
  const from = charsetOf("chars:abcdefg") ?? [];
  const draws = 700_000;
  for (const letter of make(from, draws).value) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect([...counts.keys()].toSorted()).toEqual(from);
  // Chi-squared with 6 degrees of freedom: above 35 once in 250 000.
  const expected = draws / from.length;
  const chi = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  expect(chi).toBeLessThan(35);
});

it("counts the bits of chance", () => {
  expect(make(charsetOf("hex") ?? [], 40).bits).toBe(160);
  expect(make(["a", "b"], 3, "-")).toMatchObject({ bits: 3 });
  expect(make(["a", "b"], 3, "-").value).toMatch(/^[ab]-[ab]-[ab]$/u);
});

it("knows its sets, and takes own characters once each", () => {
  const sizes = Object.fromEntries(CHARSETS.map((name) => [name, charsetOf(name)?.length]));
  expect(sizes).toEqual({ alnum: 62, ascii: 94, digits: 10, hex: 16, letters: 52, url: 64 });
  expect(charsetOf("chars:aab😀")).toEqual(["a", "b", "😀"]);
  for (const none of ["chars:", "chars:aaa", "other", "__proto__"])
    expect(charsetOf(none)).toBeUndefined();
});
