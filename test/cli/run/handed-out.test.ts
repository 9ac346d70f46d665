import { HandedOut } from "strongroom/src/run/handed-out.ts";
import { expect, it } from "vitest";

const values = (from: number, to: number): Buffer[] =>
  Array.from({ length: to - from }, (_, index) => Buffer.from(`value-${from + index}`));

it("remembers each value once, also when it was replaced", () => {
  const handed = new HandedOut();
  handed.add(values(0, 3));
  expect(handed.add(values(2, 4)).map(String)).toEqual([
    "value-0",
    "value-1",
    "value-2",
    "value-3",
  ]);
});

it("forgets the oldest of more than a thousand, and none that is handed out now", () => {
  const handed = new HandedOut();
  handed.add(values(0, 600));
  const later = handed.add(values(600, 1200)).map(String);
  expect([later.length, later[0], later.at(-1)]).toEqual([1000, "value-200", "value-1199"]);
  expect(handed.add(values(5000, 6500)).length).toBe(1500);
});
