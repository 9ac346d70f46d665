import { nearest } from "strongroom/src/suggest.ts";
import { expect, it } from "vitest";

it.each([
  ["lsit", "list"],
  ["gte", "get"],
  ["delet", "delete"],
  ["statuss", "status"],
  ["restroe", "restore"],
])("takes %s for %s", (word, meant) => {
  expect(nearest(word, ["delete", "get", "list", "restore", "set", "status"])).toBe(meant);
});

it("suggests nothing where nothing is near", () => {
  expect(nearest("frobnicate", ["get", "list", "set"])).toBeUndefined();
});
