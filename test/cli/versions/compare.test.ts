import { compare } from "strongroom/src/versions/compare.ts";
import { expect, it } from "vitest";

const changed = (before: string, after: string): string[] =>
  compare(Buffer.from(before), Buffer.from(after))
    .filter(({ isChanged }) => isChanged)
    .map(({ field }) => field);

it("tells a text from a number, a truth or nothing of the same letters", () => {
  for (const value of ["1", "true", "null", "[1]", '{"b":1}']) {
    expect(changed(`{"a":${value}}`, JSON.stringify({ a: value }))).toEqual(["a"]);
    expect(changed(`{"a":${value}}`, `{"a":${value}}`)).toEqual([]);
  }
});

it("calls no two values the same whose bytes differ", () => {
  expect(changed('{"a":1,"b":2}', '{"b":2,"a":1}')).toEqual(["(value)"]);
  expect(changed('{"a":1}', '{ "a": 1 }')).toEqual(["(value)"]);
  expect(changed("x", "x ")).toEqual(["(value)"]);
});

it("counts the bytes of a text, and of all else as JSON has it", () => {
  const [first, second] = compare(Buffer.from('{"a":"é","b":[1,2]}'), Buffer.from('{"a":"é"}'));
  expect(first).toMatchObject({ field: "a", before: 2, after: 2 });
  expect(second).toMatchObject({ field: "b", before: 5, after: undefined });
});
