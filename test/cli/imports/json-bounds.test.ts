import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exceeds } from "strongroom/src/imports/json-bounds.ts";
import { parseSource } from "strongroom/src/imports/source-file.ts";
import { expect, it } from "vitest";
import { ROOT } from "../../support/throwaway.ts";

it("JSON of too many parts is no file that is damaged", () => {
  const large = `{"a":[${"1,".repeat(1_400_000)}1]}`;
  expect(() => parseSource(large, "file")).toThrow("file has more parts than are read at once");
  expect(() => parseSource(`{"a":${"[".repeat(64)}`, "file")).toThrow("file: it is no JSON object");
});

it("a source has JSON of any content, where that is within its bounds", () => {
  const text = readFileSync(join(ROOT, "docs/openrpc.json"), "utf8");
  expect(exceeds(text)).toBeUndefined();
  expect(exceeds('{"a":"[[[[{{{{,,,,\\"","b\\\\":"[:"}')).toBeUndefined();
  // What is no JSON is told where it is read.
  for (const broken of ["", '"', '{"a', "]]]]", '{:::"a"', "\\"]) {
    expect(exceeds(broken)).toBeUndefined();
  }
});

it("a source has JSON of at most 64 levels", () => {
  const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
  expect(exceeds(nested(64))).toBeUndefined();
  expect(exceeds(nested(65))).toBe("depth");
  expect(exceeds(`{"${"[".repeat(65)}":1}`)).toBeUndefined();
});

it("a source has JSON of at most 1.4 million parts", () => {
  expect(exceeds(`[${"[],".repeat(699_999)}1]`)).toBeUndefined();
  expect(exceeds(`[${"[],".repeat(700_000)}1]`)).toBe("size");
  expect(exceeds(`[${"1,".repeat(1_400_000)}1]`)).toBe("size");
  expect(exceeds(`["${"1,".repeat(1_400_000)}1"]`)).toBeUndefined();
});

it("a source has JSON of at most a hundred and twenty thousand different names", () => {
  const members = (count: number, nameOf: (n: number) => string): string =>
    `[{${Array.from({ length: count }, (_, n) => `"${nameOf(n)}" :"v"`).join(",")}}]`;
  expect(exceeds(members(120_000, (n) => `k${n}`))).toBeUndefined();
  expect(exceeds(members(120_001, (n) => `k${n}`))).toBe("size");
  expect(exceeds(members(130_000, (n) => `k${n % 10}`))).toBeUndefined();
});
