import fc from "fast-check";
import { spanOf } from "strongroom/src/mcporter/json-span.ts";
import { describe, expect, it } from "vitest";

type Json = { readonly [name: string]: unknown };

/** What a path of member names leads to, by the parsed value. */
function valueAt(whole: unknown, path: readonly string[]): unknown {
  let value = whole;
  for (const name of path) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    value = isObject && Object.hasOwn(value as Json, name) ? (value as Json)[name] : undefined;
  }
  return value;
}

const NAMES = ["a", "b", "__proto__", 'q"', "\\", "{", ",", "é😀", ""];
const name = fc.constantFrom(...NAMES);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -1.5e300, "", 'x"}', "\\", ",", "]"),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc
      .array(fc.tuple(name, tie("tree")), { maxLength: 4 })
      .map((members) => Object.fromEntries(members) as unknown),
  ),
}));

describe("spanOf", () => {
  it("finds what JSON.parse finds, and nothing else, in any text", () => {
    fc.assert(
      fc.property(
        tree,
        fc.array(name, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(0, 2, "\t"),
        (value, path, indent) => {
          const text = JSON.stringify({ a: value, b: { a: value } }, undefined, indent);
          const found = spanOf(text, path);
          const wanted = valueAt(JSON.parse(text), path);
          const got = found && (JSON.parse(text.slice(found.start, found.end)) as unknown);
          expect(got).toEqual(wanted);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"a":1,"a":22}', ["a"], "22"],
    ['{"a":{"b":1},"a":{"b":22}}', ["a", "b"], "22"],
    ['{"a":{"b":1},"a":{}}', ["a", "b"], undefined],
    ['{"\\u0061":[1, 2]}', ["a"], "[1, 2]"],
    ['[{"a":1}]', ["a"], undefined],
    ['{"a":["b",{"b":1}]}', ["a", "b"], undefined],
  ])("counts the last of a name, however it is written: %s", (text, path, wanted) => {
    const found = spanOf(text, path);
    expect(found && text.slice(found.start, found.end)).toBe(wanted);
  });
});
