import fc from "fast-check";
import { DBusError } from "strongroom/src/dbus/failure.ts";
import { readValues } from "strongroom/src/dbus/reader.ts";
import { writeValues } from "strongroom/src/dbus/writer.ts";
import { describe, expect, it } from "vitest";
import { anyValue } from "../../support/bus-values.ts";

const INCONSISTENT = "org.freedesktop.DBus.Error.InconsistentMessage";
const inconsistent = expect.objectContaining({ name: INCONSISTENT }) as Error;

describe("what is read out of a message", () => {
  it("is what was written into it", () => {
    fc.assert(
      fc.property(anyValue, ({ signature, value }) => {
        fc.pre(signature.length <= 255);
        expect(readValues(signature, writeValues(signature, [value]), true)).toEqual([value]);
      }),
    );
  });

  it("is read in the order of bytes of who wrote it", () => {
    const bytes = Buffer.from("000000070000000000000000000000050008fffe", "hex");
    expect(readValues("utqn", bytes, false)).toEqual([7, 5n, 8, -2]);
  });

  it("is refused at every place where it may be cut off", () => {
    fc.assert(
      fc.property(anyValue, ({ signature, value }) => {
        fc.pre(signature.length <= 255);
        const bytes = writeValues(signature, [value]);
        for (let length = 0; length < bytes.length; length += 1) {
          expect(() => readValues(signature, bytes.subarray(0, length), true)).toThrow(
            inconsistent,
          );
        }
      }),
    );
  });

  it("is refused, or is something else, when bytes of it are others", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.nat(255), ({ signature, value }, place, byte) => {
        fc.pre(signature.length <= 255);
        const bytes = writeValues(signature, [value]);
        fc.pre(bytes.length > 0);
        bytes[place % bytes.length] = byte;
        try {
          readValues(signature, bytes, true);
        } catch (error) {
          expect(error).toBeInstanceOf(DBusError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["a boolean that is neither", "b", "02000000"],
    ["a text that does not end", "s", "0100000061 62"],
    ["a text that holds NUL", "s", "020000006100 00"],
    ["a text that is not UTF-8", "s", "01000000ff00"],
    ["a path that is none", "o", "020000002f2f00"],
    ["an array that ends within an element", "au", "0200000001000000"],
    ["an array longer than the message", "as", "ffffff7f"],
    ["a variant of two types", "v", "02797900 01 01"],
    ["a variant of none", "v", "0000"],
    ["more than it says", "y", "0101"],
  ])("is refused when it is %s", (_, signature, hex) => {
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    expect(() => readValues(signature, bytes, true)).toThrow(inconsistent);
  });

  it("may not be nested without end by variants", () => {
    const deep = (levels: number): Buffer =>
      Buffer.concat([
        ...Array.from({ length: levels }, () => Buffer.from("\x01v\0")),
        Buffer.from("\x01y\0\x05"),
      ]);
    expect(() => readValues("v", deep(80), true)).toThrow(inconsistent);
    expect(() => readValues("v", deep(100_000), true)).toThrow(inconsistent);
    expect(readValues("v", deep(30), true)).toHaveLength(1);
  });

  it("keeps names that objects have of themselves", () => {
    const pairs = new Map([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(readValues("a{ss}", writeValues("a{ss}", [pairs]), true)).toEqual([pairs]);
  });
});
