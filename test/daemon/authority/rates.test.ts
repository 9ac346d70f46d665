import { Rates } from "@strongroom/daemon/src/authority/rates.ts";
import { expect, test } from "vitest";

const key = { id: "k", rate: { count: 60, perMs: 60_000 } };

function passed(rates: Rates, tries: number, now: number): number {
  let count = 0;
  for (let n = 0; n < tries; n += 1) if (rates.take(key, now)) count += 1;
  return count;
}

test("a key asks as often as its rate says, saved up to that many, by the running clock", () => {
  const rates = new Rates([], 0);
  expect(passed(rates, 100, 0)).toBe(60);
  expect(passed(rates, 100, 999)).toBe(0);
  expect(passed(rates, 100, 1000)).toBe(1);
  expect(passed(rates, 100, 6000)).toBe(5);
  expect(passed(rates, 1000, 10_000_000)).toBe(60);
});

test("a key that there was before a restart has nothing saved up: a restart gives nobody anything", () => {
  const rates = new Rates(["k"], 0);
  expect(passed(rates, 100, 0)).toBe(0);
  expect(passed(rates, 100, 3000)).toBe(3);
});

test("what costs more than is saved up takes nothing", () => {
  const rates = new Rates([], 0);
  expect([rates.take(key, 0, 59), rates.has(key, 0, 2), rates.take(key, 0, 2)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([rates.has(key, 0, 1), rates.take(key, 0, 1)]).toEqual([true, true]);
});

test("a key without a rate is never too fast", () => {
  expect(new Rates([], 0).take({ id: "x" }, 0)).toBe(true);
});
