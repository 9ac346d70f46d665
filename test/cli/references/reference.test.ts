import { formatReference, parseReference } from "strongroom/src/references/reference.ts";
import { fieldOf } from "strongroom/src/references/field.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const HERE = { name: "n", shown: "here" };

describe("a reference", () => {
  it.each([
    ["strongroom://a/b", { name: "a/b" }],
    ["strongroom://a#f", { name: "a", field: "f" }],
    ["strongroom://a?version=3", { name: "a", version: 3 }],
    ["strongroom://a#f?version=3", { name: "a", field: "f", version: 3 }],
    ["strongroom://a?version=3#f", { name: "a", field: "f", version: 3 }],
    ["strongroom://a%23b%3Fc%20d#%2525", { name: "a#b?c d", field: "%25" }],
    ["strongroom://token:default:me@example.com", { name: "token:default:me@example.com" }],
  ])("%s", (text, expected) => {
    expect(parseReference(text, "here")).toEqual(expected);
  });

  it.each([
    "",
    "op://a",
    "strongroom://",
    "strongroom://#f",
    "strongroom://a#",
    "strongroom://a?",
    "strongroom://a?version=0",
    "strongroom://a?version=1&x=2",
    "strongroom://a?attribute=otp",
    "strongroom://a#f#g",
    "strongroom://a?version=1?version=2",
    "strongroom://a%ff",
    "strongroom://a#f?version=1#g",
  ])("refuses %j, and says nothing of it", (text) => {
    expect(() => parseReference(text, "here")).toThrow(/^here is no reference: one /u);
  });

  it("is read as it was written, whatever the name", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(
        text,
        fc.option(text, { nil: undefined }),
        fc.option(fc.integer({ min: 1 }), { nil: undefined }),
        (name, field, version) => {
          const reference = { name, ...(field && { field }), ...(version && { version }) };
          expect(parseReference(formatReference(reference), "here")).toEqual(reference);
        },
      ),
    );
  });
});

describe("a field", () => {
  const value = Buffer.from(
    JSON.stringify({ a: "x", "/": 1, n: null, l: [1, { b: true }], "~": { "/": "y" } }),
  );
  it.each([
    ["a", "x"],
    ["/a", "x"],
    ["/l/0", "1"],
    ["/l/1", '{"b":true}'],
    ["/l/1/b", "true"],
    ["/~0/~1", "y"],
  ])("%s", (field, expected) => {
    expect(fieldOf(value, field, HERE).toString()).toBe(expected);
  });

  it.each(["b", "n", "/l/2", "/l/01", "/l/length", "__proto__", "constructor", "/a/0", "toString"])(
    "is none: %s",
    (field) => {
      expect(() => fieldOf(value, field, HERE)).toThrow("no such field");
    },
  );

  it("of what is no JSON is refused, and nothing of it said", () => {
    expect(() => fieldOf(Buffer.from("sup3r-s3cret"), "a", HERE)).toThrow(
      /^here: the secret is not JSON/u,
    );
  });
});
