import { Variant } from "strongroom/src/dbus/variant.ts";
import type { Value } from "strongroom/src/dbus/variant.ts";
import { writeValues } from "strongroom/src/dbus/writer.ts";
import { describe, expect, it } from "vitest";

describe("what is written into a message", () => {
  it("lies where the specification has it", () => {
    const bytes = writeValues("ysa{sv}", [1, "hi", new Map([["a", new Variant("t", 2n)]])]);
    expect(bytes.toString("hex")).toBe(
      // 1, to 4: "hi"; to 4: the length; at 16 "a", the type t, to 8: 2.
      "01000000020000006869000018000000010000006100017400000000000000000200000000000000",
    );
  });

  it.each<[string, string, Value]>([
    ["s", "a number", 1],
    ["s", "a text with NUL", "a\0b"],
    ["b", "a number", 1],
    ["u", "a text", "1"],
    ["t", "a number", 1],
    ["ay", "a list of numbers", [1]],
    ["a{ss}", "a list", [["a", "b"]]],
    ["as", "a map", new Map()],
    ["(ss)", "too few", ["a"]],
    ["v", "no variant", "a"],
    ["v", "a variant of two", new Variant("ss", "a")],
  ])("must be of the type %s and is not when it is %s", (signature, _, value) => {
    expect(() => writeValues(signature, [value])).toThrow(TypeError);
  });

  it("shows nothing of a value that it does not take", () => {
    const error = (() => {
      try {
        return writeValues("u", ["CANARY"]);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(String(error)).not.toContain("CANARY");
  });
});
