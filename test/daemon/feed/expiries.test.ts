import { Expiries } from "@strongroom/daemon/src/feed/expiries.ts";
import { expect, it } from "vitest";

it("a name that is stored again and again keeps one end, and no memory of the others", () => {
  const expiries = new Expiries();
  expiries.add({ at: 1, name: "first" });
  for (let at = 2; at < 100_000; at += 1) expiries.add({ at, name: "again" });
  expect(expiries.size).toBeLessThan(3000);
  expect(expiries.take(200_000)).toEqual({ at: 1, name: "first" });
  expect(expiries.take(99_998)).toBeUndefined();
  expect(expiries.take(200_000)).toEqual({ at: 99_999, name: "again" });
  expect([expiries.take(200_000), expiries.next]).toEqual([undefined, undefined]);
});

it("what is said twice ends once", () => {
  const expiries = new Expiries();
  for (let n = 0; n < 3; n += 1) expiries.add({ at: 5, name: "a" });
  expect([expiries.take(4), expiries.take(5), expiries.take(5)]).toEqual([
    undefined,
    { at: 5, name: "a" },
    undefined,
  ]);
});
