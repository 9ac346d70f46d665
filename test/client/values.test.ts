import { decodeValue, encodeValue } from "@strongroom/client/src/values.ts";
import { assert, property, string, uint8Array } from "fast-check";
import { expect, it } from "vitest";

it("brings every value back, byte for byte", () => {
  assert(
    property(uint8Array({ maxLength: 300 }), (bytes) => {
      expect(decodeValue(encodeValue(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
  assert(
    property(string({ unit: "binary", maxLength: 100 }), (text) => {
      expect(decodeValue(encodeValue(text)).toString()).toBe(text);
    }),
  );
});

it("takes whichever encoding is shorter as JSON", () => {
  expect(encodeValue("hunter2").encoding).toBe("utf8");
  expect(encodeValue(Buffer.from("hunter2")).encoding).toBe("utf8");
  expect(encodeValue(Buffer.from([0xff, 0xfe])).encoding).toBe("base64");
  expect(encodeValue("\u0001".repeat(100)).encoding).toBe("base64");
});

it("fits the largest value of the worst kind into a request", () => {
  const { value } = encodeValue("\u0001".repeat(1_048_576));
  expect(value.length).toBeLessThan(2_000_000);
});

it("refuses a byte more than a value may have, quoting none of it", () => {
  expect(() => encodeValue("x".repeat(1_048_577))).toThrow(
    expect.objectContaining({ code: "TOO_LARGE" }) as Error,
  );
});

it("calls a lone surrogate the caller's mistake", () => {
  expect(() => encodeValue("\ud800")).toThrow(TypeError);
  expect(encodeValue("\ufffd")).toEqual({ value: "\ufffd", encoding: "utf8" });
});
