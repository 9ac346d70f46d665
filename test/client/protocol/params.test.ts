import { isMethodName, METHODS, parseParams, StrongroomError } from "@strongroom/client/protocol";
import type { MethodName } from "@strongroom/client/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

function refusal(method: MethodName, params: unknown): string {
  try {
    parseParams(method, params);
  } catch (error) {
    if (error instanceof StrongroomError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "taken";
}

function set(value: string, encoding: string): string {
  return refusal("secret/set", { name: "a", value, encoding });
}

describe("parseParams", () => {
  test("returns what it took, and an absent object as an empty one", () => {
    const params = {
      name: "a",
      value: "aGk=",
      encoding: "base64",
      metadata: { tags: ["x"], expiresAt: 1, note: "n", origin: "user", contentType: "text/plain" },
      expect: { absent: true },
      requestId: "r-1",
      seen: 0,
    };
    expect(parseParams("secret/set", params)).toEqual(params);
    expect(parseParams("vault/verify", undefined)).toEqual({});
  });

  test.each<[MethodName, unknown, string]>([
    ["secret/set", { name: "a" }, "INVALID value is missing"],
    ["secret/set", { name: 7, value: "" }, "INVALID name must be a string"],
    ["secret/set", { name: "a", value: "\ud800" }, "INVALID value must be well-formed Unicode"],
    ["secret/set", { name: "a", value: "", extra: 1 }, "INVALID extra is not known here"],
    ["secret/set", { name: "a", value: "a", encoding: "hex" }, "INVALID encoding must be one of"],
    ["secret/set", { name: "a", value: "a", encoding: "base64" }, "INVALID value must be base64"],
    [
      "secret/set",
      { name: "a", value: "aGl=", encoding: "base64" },
      "INVALID value must be base64",
    ],
    ["secret/set", { name: "a", value: "", expect: {} }, "INVALID expect.version is missing"],
    ["secret/set", { name: "a", value: "", expect: { version: 0 } }, "INVALID expect.version"],
    ["secret/set", { name: "a", value: "", expect: { absent: false } }, "INVALID expect.absent"],
    [
      "secret/set",
      { name: "a", value: "", expect: { absent: true, version: 1 } },
      "INVALID expect.version is not known here",
    ],
    ["secret/set", { name: "a", value: "", requestId: "" }, "INVALID requestId"],
    ["secret/set", { name: "a", value: "", requestId: "é" }, "INVALID requestId must match"],
    ["secret/set", { name: "a", value: "", requestId: "x".repeat(129) }, "INVALID requestId"],
    ["secret/set", { name: "a", value: "", seen: -1 }, "INVALID seen"],
    ["secret/set", { name: "a", value: "", metadata: [] }, "INVALID metadata must be an object"],
    ["secret/set", { name: "a", value: "", metadata: { tags: [1] } }, "INVALID metadata.tags[0]"],
    ["secret/get", ["a"], "INVALID params must be an object"],
    ["secret/get", null, "INVALID params must be an object"],
    ["secret/get", { name: "a", version: 1.5 }, "INVALID version must be an integer"],
    ["secret/get", { name: "a", version: 2 ** 53 }, "INVALID version must be an integer"],
    ["secret/list", { limit: 1001 }, "INVALID limit must be an integer from 1 to 1000"],
    ["secret/list", { pattern: "*".repeat(17) }, "INVALID the pattern"],
    ["secret/purge", { name: "a", versions: [] }, "INVALID versions must not be empty"],
    ["vault/read", { names: Array(101).fill("a") }, "TOO_LARGE names"],
    ["vault/batch", { operations: [] }, "INVALID operations must not be empty"],
    ["vault/batch", { operations: [{ op: "burn" }] }, "INVALID operations[0].op must be one of"],
    [
      "vault/batch",
      { operations: [{ op: "set", name: "a", value: "?", encoding: "base64" }] },
      "INVALID operations[0].value must be base64",
    ],
    ["vault/batch", { operations: [{ op: "clear", prefix: "" }] }, "INVALID operations[0].prefix"],
    ["vault/batch", { operations: [{ op: "check", name: "a" }] }, "INVALID operations[0].expect"],
    ["vault/verify", { detail: true }, "INVALID detail is not known here"],
    ["hello", { protocol: { min: 1 }, client: {} }, "INVALID protocol.max is missing"],
  ])("refuses %s with %j", (method, params, message) => {
    expect(refusal(method, params)).toContain(message);
  });

  test("takes a value of 1 MiB in either encoding and refuses one byte more", () => {
    const full = Buffer.alloc(1_048_576, 1);
    const more = Buffer.alloc(1_048_577, 1);
    expect(set(full.toString("base64"), "base64")).toBe("taken");
    expect(set(more.toString("base64"), "base64")).toContain("TOO_LARGE value");
    expect(set(full.toString("latin1"), "utf8")).toBe("taken");
    expect(set(more.toString("latin1"), "utf8")).toContain("TOO_LARGE value");
    expect(set("é".repeat(524_289), "utf8")).toContain("TOO_LARGE value");
  });

  test("refuses metadata above 16 KiB and a batch above 1000 operations as TOO_LARGE", () => {
    const metadata = { note: "x".repeat(16_384) };
    expect(refusal("secret/set", { name: "a", value: "", metadata })).toContain(
      "TOO_LARGE metadata",
    );
    const operations = Array.from({ length: 1001 }, () => ({ op: "delete", name: "a" }));
    expect(refusal("vault/batch", { operations })).toContain("TOO_LARGE operations");
  });

  test("takes __proto__ as a name and refuses it as a field", () => {
    expect(parseParams("secret/get", { name: "__proto__" })).toEqual({ name: "__proto__" });
    const poisoned: unknown = JSON.parse('{"name":"a","__proto__":{"version":3}}');
    expect(refusal("secret/get", poisoned)).toBe("INVALID __proto__ is not known here");
    const inherited = Object.create({ name: "a" }) as unknown;
    expect(refusal("secret/get", inherited)).toBe("INVALID name is missing");
  });

  test("never says a value back, nor a field name that is no field name", () => {
    for (const params of [
      { name: { canary: 1 }, value: "canary" },
      { name: "a", value: "canary-secret", encoding: "base64" },
      { name: "a", value: "canary", "canary secret!": 1 },
      { name: "a", value: "canary", requestId: "canary\u0001" },
      { name: "a", value: "a", encoding: "canary" },
    ])
      expect(refusal("secret/set", params)).not.toContain("canary");
  });

  test("never throws anything but a StrongroomError, whatever it is given", () => {
    const methods = fc.constantFrom(...(Object.keys(METHODS) as MethodName[]));
    fc.assert(
      fc.property(methods, fc.jsonValue(), (method, params) => {
        expect(refusal(method, params)).toMatch(/^(taken|INVALID |TOO_LARGE )/);
      }),
      { numRuns: 2000 },
    );
  });

  test("knows its methods by own name only", () => {
    expect(isMethodName("secret/get")).toBe(true);
    for (const method of ["toString", "__proto__", "constructor", "", "secret/Get"])
      expect(isMethodName(method)).toBe(false);
  });
});
