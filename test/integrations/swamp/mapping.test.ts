import type { Metadata } from "@strongroom/client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { annotated, annotationIn, labelled } from "@strongroom/swamp/src/mapping.ts";

const KEPT: Metadata = { contentType: "text/plain", expiresAt: 4e12, origin: "import" };
const url = fc.webUrl().filter((text) => !/\s/u.test(text));
const key = fc.string({ minLength: 1 }).filter((text) => !text.includes("="));
const labels = fc
  .dictionary(key, fc.string(), { minKeys: 1, noNullPrototype: true })
  .filter((each) => !Object.hasOwn(each, "__proto__"));
const fields = fc.record(
  {
    url,
    notes: fc.string({ minLength: 1, unit: fc.constantFrom("\n", "a", "http://b", " ") }),
    labels,
  },
  { requiredKeys: [] },
);

describe("metadata that say an annotation", () => {
  it("say it in the words of an import from swamp", () => {
    const said = { url: "https://a.example", notes: "one\ntwo", labels: { env: "prod", hot: "" } };
    expect(annotated(KEPT, said)).toEqual({
      ...KEPT,
      note: "https://a.example\none\ntwo",
      tags: ["env=prod", "hot"],
    });
  });

  it("are read as what was said, whatever it is", () => {
    fc.assert(
      fc.property(fields, (said) => {
        expect(annotationIn(annotated({}, said))).toEqual(said);
      }),
    );
  });

  it("lose note and tags when nothing is said, and nothing else", () => {
    expect(annotated({ ...KEPT, note: "a", tags: ["b"] }, {})).toEqual(KEPT);
  });

  it("of another program are read where they can be", () => {
    const fromElsewhere = { note: "a note", tags: ["plain", "a=b=c"] };
    expect(annotationIn(fromElsewhere)).toEqual({
      notes: "a note",
      labels: { plain: "", a: "b=c" },
    });
    expect(annotationIn(KEPT)).toEqual({});
  });

  it("get labels beside those that they have", () => {
    const metadata = labelled({ ...KEPT, note: "a", tags: ["a=1", "b"] }, { a: "2", c: "3" });
    expect(metadata).toEqual({ ...KEPT, note: "a", tags: ["a=2", "b", "c=3"] });
    expect(labelled(KEPT, {})).toEqual(KEPT);
  });

  it.each([
    { labels: { "": "a" } },
    { labels: { "a=b": "c" } },
    { url: "ftp://example.com" },
    { url: "https://example.com/a b" },
  ])("do not say %j, which would be read as something else", (said) => {
    expect(() => annotated({}, said)).toThrow(TypeError);
  });
});
