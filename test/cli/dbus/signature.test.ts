import { alignmentOf, parseSignature } from "strongroom/src/dbus/signature.ts";
import { describe, expect, it } from "vitest";

describe("a signature of D-Bus", () => {
  it("is its complete types", () => {
    expect(parseSignature("sa{sv}(oayays)").map(({ code }) => code)).toEqual(["s", "a", "("]);
    expect(parseSignature("a{o(oayays)}")[0]?.of[0]?.of[1]?.of.map(({ code }) => code)).toEqual([
      "o",
      "a",
      "a",
      "s",
    ]);
    expect(parseSignature("")).toEqual([]);
  });

  it.each([
    ["an unknown type", "z"],
    ["an array of nothing", "a"],
    ["an empty struct", "()"],
    ["a struct that does not end", "(s"],
    ["an end of nothing", "s)"],
    ["an entry outside of an array", "{sv}"],
    ["an entry whose key is no basic type", "a{vs}"],
    ["an entry of three", "a{sss}"],
    ["an entry of one", "a{s}"],
    ["a variant as a key", "a{vv}"],
    ["arrays 33 deep", `${"a".repeat(33)}s`],
    ["structs 33 deep", `${"(".repeat(33)}s${")".repeat(33)}`],
    ["more than 255 characters", "s".repeat(256)],
  ])("is refused when it has %s", (_, text) => {
    expect(() => parseSignature(text)).toThrow(
      expect.objectContaining({ name: "org.freedesktop.DBus.Error.InvalidSignature" }) as Error,
    );
  });

  it("may be as deep and as long as the specification lets it", () => {
    expect(parseSignature(`${"a".repeat(32)}s`)).toHaveLength(1);
    expect(parseSignature(`${"(".repeat(32)}s${")".repeat(32)}`)).toHaveLength(1);
    expect(parseSignature("s".repeat(255))).toHaveLength(255);
  });

  it("says where its values begin", () => {
    const alignments = parseSignature("ygvnqbiuhsoaxxtd(s)").map(alignmentOf);
    expect(alignments).toEqual([1, 1, 1, 2, 2, 4, 4, 4, 4, 4, 4, 4, 8, 8, 8, 8]);
  });
});
