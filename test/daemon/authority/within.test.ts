import { isWithin } from "@strongroom/daemon/src/authority/within.ts";
import { expect, test } from "vitest";

const own = ["get,list:github/**", "set:ci/*", "verify:billing"];

test.each([
  [["get:github/**"]],
  [["get,list:github/a", "set:ci/x"]],
  [["list:github/*/x", "verify:billing"]],
  [[]],
  [own],
])("rules are within others that allow as much: %j", (rules) => {
  expect(isWithin(rules, own)).toBe(true);
});

test.each([
  [["get:**"]],
  [["set:github/a"]],
  [["get,set:github/a"]],
  [["set:ci/a/b"]],
  [["set:ci/**"]],
  [["get:github"]],
  [["verify:*"]],
  [["*:github/a"]],
  [["get:github/a", "purge:x"]],
])("and not where one action of one rule is not: %j", (rules) => {
  expect(isWithin(rules, own)).toBe(false);
});

test("a star is within a star, and to speak for services is in neither", () => {
  expect(isWithin(["*:a/**"], ["*:**"])).toBe(true);
  expect(isWithin(["*:a"], ["delete,get,history,lease,list:a", "purge,restore,set,token:*"])).toBe(
    true,
  );
  expect(isWithin(["verify:a"], ["*:**"])).toBe(false);
});
