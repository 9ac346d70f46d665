import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareNames, lowerBound, SortedNames } from "@strongroom/daemon/src/vault/names.ts";

const text = fc.string({ unit: "binary", maxLength: 6 });
const bytes = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right));

describe("names", () => {
  it("compare as the bytes of their UTF-8 do", () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(compareNames(left, right))).toBe(bytes(left, right));
      }),
    );
    expect(compareNames("\uffff", "😀")).toBeLessThan(0);
    expect(compareNames("ab", "a")).toBeGreaterThan(0);
  });

  it("stand in that order whatever comes and goes, each once", () => {
    const step = fc.record({ name: fc.oneof(text, fc.constantFrom("a", "b")), gone: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(7), (steps, every) => {
        const there = new Set<string>();
        const names = new SortedNames((name) => there.has(name));
        for (const [index, { name, gone }] of steps.entries()) {
          if (gone && there.delete(name)) names.remove();
          else if (!gone && !there.has(name)) {
            there.add(name);
            names.add(name);
          }
          if (index % (every + 1) === 0) expect(names.list()).toEqual([...there].toSorted(bytes));
        }
        expect(names.list()).toEqual([...there].toSorted(bytes));
      }),
    );
  });

  it("are merged in while they come in great numbers", () => {
    const names = new SortedNames(() => true);
    const many = Array.from({ length: 10_000 }, (_, index) => `n${(index * 7919) % 10_000}`);
    for (const name of many) names.add(name);
    expect(names.list()).toEqual(many.toSorted(bytes));
  });

  it("that were handed out stay as they are, whatever comes after", () => {
    const names = new SortedNames(() => true);
    names.add("a");
    names.add("b");
    const before = names.list();
    names.add("c");
    expect(before).toEqual(["a", "b"]);
    expect(names.list()).toEqual(["a", "b", "c"]);
  });

  it("are found by the first that is not below", () => {
    expect(lowerBound(["a", "c"], "b")).toBe(1);
    expect(lowerBound(["a", "c"], "c")).toBe(1);
    expect(lowerBound(["a", "c"], "d")).toBe(2);
    expect(lowerBound([], "a")).toBe(0);
  });
});
