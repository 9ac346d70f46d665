import { checkName, checkResource, StrongroomError } from "@strongroom/client/protocol";
import { describe, expect, test } from "vitest";

const GOOD = [
  "a",
  "github/token",
  "token:default:me@example.com",
  "__thv_workloads_x",
  "__proto__",
  "constructor",
  "..a/.b",
  "a b",
  "naïve/ключ/鍵",
  "é".repeat(127),
  "x".repeat(255),
];
const BAD: readonly (readonly [string, string])[] = [
  ["", "empty"],
  ["x".repeat(256), "255 bytes"],
  ["é".repeat(128), "255 bytes"],
  ["a\ud800", "well-formed"],
  ["\udc00a", "well-formed"],
  ["e\u0301", "normal form"],
  ["a\u0000b", "control"],
  ["a\nb", "control"],
  ["a\u007fb", "control"],
  ["a\u0085b", "control"],
  ["a\u202eb", "direction"],
  ["a\u2066b", "direction"],
  ["\u200fa", "direction"],
  ["/a", "empty segment"],
  ["a/", "empty segment"],
  ["a//b", "empty segment"],
  [".", "segment"],
  ["a/..", "segment"],
  ["./a", "segment"],
  ...["*", "?", "[", "]", "{", "}"]
    .map((mark) => [`a${mark}b`, "none of"] as const)
    .map(([name]) => [name, "must not hold any of"] as const),
];

describe("checkName", () => {
  test.each(GOOD)("takes %j", (name) => {
    expect(() => checkName(name)).not.toThrow();
  });

  test.each(BAD)("refuses %j, because of: %s", (name, rule) => {
    expect(() => checkName(name)).toThrow(rule);
  });

  test("says which rule was broken without saying the name back", () => {
    const error = caught(() => checkName("canary-name\u0007"));
    expect(error.code).toBe("INVALID");
    expect(`${error.message} ${error.hint}`).not.toContain("canary");
  });
});

describe("checkResource", () => {
  test.each(["a", "/invoices/42/", "q?x={1}", "naïve", "x".repeat(255)])("takes %j", (resource) => {
    expect(() => checkResource(resource)).not.toThrow();
  });

  test.each([
    "",
    "/a/../b",
    ".",
    "a/.",
    "a//b",
    "e\u0301",
    "a\u0000",
    "a\u202e",
    "\ud800",
    "é".repeat(128),
  ])("refuses %j, which two programs could read in two ways", (resource) => {
    expect(() => checkResource(resource)).toThrow(expect.objectContaining({ code: "INVALID" }));
  });
});

function caught(run: () => void): StrongroomError {
  try {
    run();
  } catch (error) {
    if (error instanceof StrongroomError) return error;
  }
  throw new Error("nothing was refused");
}
