import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import { SHARED_BYTES, Slabs } from "@strongroom/daemon/src/vault/slabs.ts";

type Step = { readonly keep: Uint8Array } | { readonly free: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ keep: fc.uint8Array({ maxLength: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ keep: fc.uint8Array({ maxLength: SHARED_BYTES }) }) },
  { weight: 2, arbitrary: fc.record({ free: fc.nat() }) },
);

it("whatever is kept and freed in whatever order, each number names its own bytes", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const slabs = new Slabs();
      const kept = new Map<number, Uint8Array>();
      for (const each of steps) {
        if ("keep" in each) {
          const place = slabs.keep(each.keep);
          expect(kept.has(place)).toBe(false);
          kept.set(place, each.keep);
          continue;
        }
        const place = [...kept.keys()][each.free % Math.max(1, kept.size)];
        if (place === undefined) continue;
        slabs.free(place);
        kept.delete(place);
      }
      for (const [place, bytes] of kept) expect(slabs.view(place)).toEqual(Buffer.from(bytes));
    }),
  );
});

it("what was kept is wiped when it is freed", () => {
  const taken: Buffer<ArrayBuffer>[] = [];
  const allocate = Buffer.allocUnsafeSlow.bind(Buffer);
  const spy = vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((size) => {
    const made = allocate(size);
    taken.push(made);
    return made;
  });
  const slabs = new Slabs();
  const place = slabs.keep(Buffer.from("a value that nobody may see again"));
  slabs.keep(Buffer.from("its neighbour"));
  spy.mockRestore();
  const holds = (text: string): boolean => taken.some((bytes) => bytes.includes(text));
  expect(holds("nobody may see")).toBe(true);
  slabs.free(place);
  expect(holds("nobody may see")).toBe(false);
  expect(holds("its neighbour")).toBe(true);
});

it("slabs that are empty take what has grown", () => {
  const slabs = new Slabs();
  let places = Array.from({ length: 20_000 }, () => slabs.keep(Buffer.alloc(20)));
  const small = slabs.bytes;
  for (let size = 100; size <= 900; size += 100) {
    places = places.map((place) => {
      const larger = slabs.keep(Buffer.alloc(size));
      slabs.free(place);
      return larger;
    });
  }
  expect(slabs.bytes).toBeLessThan(20_000 * 1100);
  for (const place of places) slabs.free(place);
  expect(slabs.bytes).toBe(0);
  expect(small).toBeLessThan(20_000 * 60);
});

it("refuses what is too long, and a number that names nothing", () => {
  const slabs = new Slabs();
  expect(() => slabs.keep(Buffer.alloc(SHARED_BYTES + 1))).toThrow(TypeError);
  expect(() => slabs.view(7)).toThrow(TypeError);
});
