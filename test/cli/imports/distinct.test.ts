import { distinct } from "strongroom/src/imports/distinct.ts";
import { expect, it } from "vitest";

const found = (...pairs: [name: string, value: string][]): Parameters<typeof distinct>[0] => ({
  items: pairs.map(([name, value]) => ({ name, value: Buffer.from(value) })),
  credentials: [],
  remarks: [],
});
const pairsOf = ({ items }: ReturnType<typeof distinct>): string[][] =>
  items.map(({ name, value }) => [name, value.toString()]);

it("two secrets that would come under one name come under two, and it is said", () => {
  const made = distinct(
    found(["a*", "one"], ["a%2A", "two"], ["a*~2", "three"], ["e\u0301", "x"], ["é", "y"]),
    "p/",
  );
  expect(pairsOf(made)).toEqual([
    ["a*", "one"],
    ["a%2A~3", "two"],
    ["a*~2", "three"],
    ["e\u0301", "x"],
    ["é~2", "y"],
  ]);
  expect(made.remarks).toEqual([
    "p/a%2A is there twice, and not alike; the second one is p/a%2A~3",
    "p/é is there twice, and not alike; the second one is p/é~2",
  ]);
});

it("what is there twice alike comes once", () => {
  const long = "x".repeat(300);
  const twice = found(["a", "same"], ["a", "same"], [long, "1"], [long, "2"]);
  expect(pairsOf(distinct(twice, ""))).toEqual([
    ["a", "same"],
    [long, "1"],
    [long, "2"],
  ]);
});

it("a name that fills all the room there is is cut for the second one, and one that fits nowhere ends nothing", () => {
  const full = "x".repeat(255);
  const made = distinct(found([full, "1"], [full, "2"], ["y".repeat(300), "3"]), "");
  expect(pairsOf(made)).toEqual([
    [full, "1"],
    [`${"x".repeat(253)}~2`, "2"],
    ["y".repeat(300), "3"],
  ]);
  const narrow = `${"p".repeat(253)}/`;
  const left = distinct(found(["x", "1"], ["x", "2"], ["y".repeat(300), "3"]), narrow);
  expect(pairsOf(left).map(([name]) => name)).toEqual(["x", "x~2", "y".repeat(300)]);
  expect(left.remarks).toEqual([]);
});

it("what comes under one name below a prefix that no vault takes as it is comes under two", () => {
  const made = distinct(found(["x*y", "1"], ["x%2Ay", "2"]), "p*q/");
  expect(made.remarks).toEqual([
    "p%2Aq/x%2Ay is there twice, and not alike; the second one is p%2Aq/x%2Ay~2",
  ]);
});
