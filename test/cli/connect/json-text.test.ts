import fc from "fast-check";
import { jsonPart, keysAt } from "strongroom/src/connect/json-text.ts";
import { describe, expect, it } from "vitest";

interface Fields {
  [key: string]: unknown;
}

const key = fc.constantFrom("a", "b", "credHelpers", "x.example:5000", '"', "\\", "é", "");
const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const nested = fc.dictionary(key, fc.oneof(leaf, fc.array(leaf), fc.dictionary(key, leaf)));
const layout = fc.constantFrom(undefined, 1, 2, 4, "\t");

/** The same by `JSON.parse`, which knows nothing of texts. */
function withValue(
  object: Fields,
  [first = "", ...rest]: readonly string[],
  value: unknown,
): Fields {
  const below = object[first];
  const isObject = typeof below === "object" && below !== null && !Array.isArray(below);
  const next =
    rest.length === 0 ? value : withValue(isObject ? (below as Fields) : {}, rest, value);
  return { ...object, [first]: next };
}

describe("a value in a text of JSON", () => {
  it("is what JSON reads there afterwards, and all else is as it was", () => {
    fc.assert(
      fc.property(
        nested,
        layout,
        fc.array(key, { minLength: 1, maxLength: 2 }),
        (object, indent, path) => {
          const text = JSON.stringify(object, undefined, indent);
          const part = jsonPart(path, "it");
          const put = part.put(text, '"ours"');
          expect(JSON.parse(put)).toEqual(withValue(object, path, "ours"));
          expect(part.read(put)).toBe('"ours"');
          expect(part.put(put, '"ours"')).toBe(put);
          const gone = part.put(put, undefined);
          expect(part.read(gone)).toBeUndefined();
          JSON.parse(gone);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("takes no more away than it brought", () => {
    fc.assert(
      fc.property(nested, layout, (object, indent) => {
        const { credHelpers: _, ...others } = object;
        const part = jsonPart(["credHelpers", "ours"], "it");
        const put = part.put(JSON.stringify(others, undefined, indent), '"x"');
        expect(JSON.parse(part.put(put, undefined))).toEqual(others);
      }),
      { numRuns: 200 },
    );
  });

  it("leaves comments, order and white space where they are", () => {
    const text = '{\r\n\t// the model\r\n\t"model": "x", /* why */\r\n\t"env": { },\r\n}\r\n';
    const part = jsonPart(["apiKeyHelper"], "it");
    const put = part.put(text, '"h"');
    expect(put).toBe(text.replace("{\r\n", '{\r\n\t"apiKeyHelper": "h",\r\n'));
    expect(part.put(put, undefined)).toBe(text);
    const last = '{\n  "a": 1, // one\n  // two\n  "b": 2 // three\n}\n';
    expect(jsonPart(["b"], "it").put(last, undefined)).toBe(
      '{\n  "a": 1 // one\n  // two\n // three\n}\n',
    );
  });

  it("counts where it stands last, as JSON does", () => {
    expect(jsonPart(["a"], "it").put('{"a":1,"a":2}', "3")).toBe('{"a":1,"a":3}');
    expect(keysAt('{"auths":{"r":{"auth":"x"}}}', ["auths", "r"])).toEqual(["auth"]);
    expect(keysAt("no json", ["auths"])).toEqual([]);
  });

  it.each(["[]", "{", '{"a" 1}', "{} {}", '{"a":}', "nul", "[[[["])(
    "is not put into %s",
    (text) => {
      expect(() => jsonPart(["a"], "it").put(text, "1")).toThrow(
        expect.objectContaining({ code: "INVALID" }) as Error,
      );
    },
  );

  it("makes a text of none", () => {
    expect(jsonPart(["a", "b"], "it").put("", '"c"')).toBe('{\n  "a": {\n    "b": "c"\n  }\n}\n');
  });
});
