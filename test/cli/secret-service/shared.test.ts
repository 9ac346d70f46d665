import { Shared } from "strongroom/src/secret-service/shared.ts";
import { expect, it, vi } from "vitest";

it("work is shared by all who ask before it begins, and by nobody who asks later", async () => {
  const ends: ((value: number) => void)[] = [];
  const shared = new Shared(() => new Promise<number>((resolve) => ends.push(resolve)));
  const first = [shared.take(), shared.take()];
  await vi.waitUntil(() => ends.length === 1);
  const later = [shared.take(), shared.take()];
  ends[0]?.(1);
  expect(await Promise.all(first)).toEqual([1, 1]);
  await vi.waitUntil(() => ends.length === 2);
  ends[1]?.(2);
  expect(await Promise.all(later)).toEqual([2, 2]);
  expect(ends).toHaveLength(2);
});

it("what failed is begun anew", async () => {
  let begun = 0;
  const shared = new Shared(() => {
    begun += 1;
    return begun === 1 ? Promise.reject(new Error("once")) : Promise.resolve(begun);
  });
  await expect(shared.take()).rejects.toThrow("once");
  expect(await shared.take()).toBe(2);
});
