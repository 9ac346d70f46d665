import type { Item } from "strongroom/src/imports/found.ts";
import { planOf } from "strongroom/src/imports/plan.ts";
import { expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";

const ASKED = { onConflict: "fail", prefix: "" } as const;
const value = Buffer.from("v");

function found(items: readonly Item[]): Parameters<typeof planOf>[1] {
  return { items, credentials: [], remarks: [] };
}

test("a source of more than a vault may hold is refused before anything is compared", async () => {
  let calls = 0;
  const caller = { call: () => Promise.reject(new Error(`it was asked ${(calls += 1)} times`)) };
  const many = Array.from({ length: 100_001 }, (_, n) => ({ name: `k${n}`, value }));
  await expect(planOf(caller, found(many), ASKED)).rejects.toMatchObject({ code: "TOO_LARGE" });
  expect(calls).toBe(0);
});

test(
  "a source is compared by a hundred names at once, and by fewer where the values are large",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const client = await connected(place);
    const large = Buffer.alloc(1_000_000, 0xff);
    const names = Array.from({ length: 250 }, (_, n) => `k${n}`);
    const isLarge = (n: number): boolean => n < 100 && n % 15 === 0;
    await Promise.all(names.filter((_, n) => isLarge(n)).map((name) => client.set(name, large)));
    const asked: number[] = [];
    const caller: Parameters<typeof planOf>[0] = {
      call: (method, params) => {
        asked.push("names" in params ? params.names.length : 0);
        return client.call(method, params);
      },
    };
    const items = names.map((name, n) => ({ name, value: isLarge(n) && n > 0 ? large : value }));
    const { steps } = await planOf(caller, found(items), ASKED);
    expect(asked).toEqual([100, 50, 50, 100, 50]);
    expect(steps.map(({ action }) => action)).toEqual(
      names.map((_, n) => (n === 0 ? "conflict" : isLarge(n) ? "same" : "new")),
    );
  },
);
