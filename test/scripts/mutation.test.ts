import { expect, test } from "vitest";

interface Fault {
  readonly line: number;
  readonly rule: string;
  readonly before: string;
  readonly after: string;
}
interface Mutation {
  readonly mutationsOf: (text: string) => readonly Fault[];
  readonly sampled: <T>(list: readonly T[], count: number, seed: number) => readonly T[];
}
const { mutationsOf, sampled } = (await import(
  new URL("../../scripts/mutation.mjs", import.meta.url).href
)) as Mutation;

const SAMPLE = `import { one } from "./one.ts";
// if (a === b) one();
/** a + b */
interface Shape {
  readonly kind: true;
}
export function two(a: number): boolean {
  if (a < 1 && (a >= 0)) return true;
  one(a);
  throw new StrongroomError("BUSY");
}
`;

test("faults are made of code, and not of comments, imports and types", () => {
  const made = mutationsOf(SAMPLE);
  expect(new Set(made.map(({ line }) => line))).toEqual(new Set([8, 9, 10]));
  expect(made.map(({ rule }) => rule).toSorted()).toEqual([
    "boundary",
    "boundary",
    "call",
    "condition",
    "connective",
    "literal",
    "number",
    "throw",
  ]);
  expect(made.find(({ rule }) => rule === "condition")?.after).toBe(
    "  if (!(a < 1 && (a >= 0))) return true;",
  );
  for (const { before, after } of made) expect(after).not.toBe(before);
});

test("a sample is the same for the same seed, and another for another", () => {
  const list = Array.from({ length: 100 }, (_, index) => index);
  expect(sampled(list, 10, 7)).toEqual(sampled(list, 10, 7));
  expect(sampled(list, 10, 7)).not.toEqual(sampled(list, 10, 8));
  expect(new Set(sampled(list, 200, 7)).size).toBe(100);
});
