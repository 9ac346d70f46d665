import { inspect } from "node:util";
import { holdingsOf } from "strongroom/src/secret-service/holdings.ts";
import { veiled } from "strongroom/src/secret-service/veil.ts";
import { expect, it } from "vitest";

it("a locked vault's items are found by their attributes, and nothing else is known of them", () => {
  const attributes = { "CANARY-n": "CANARY-v", b: "2" };
  const metadata = { note: JSON.stringify({ label: "CANARY-l", attributes }), tags: ["CANARY-t"] };
  const entry = { name: "secret-service/login/a", version: 3, updatedAt: 5000, metadata };
  const holdings = veiled(holdingsOf([entry], ""));
  const item = holdings.collections.get("login")?.items.get("a");
  const matches = (asked: { readonly [name: string]: string }): boolean | undefined =>
    item?.matches(new Map(Object.entries(asked)));
  expect(matches({ "CANARY-n": "CANARY-v" })).toBe(true);
  expect(matches(attributes)).toBe(true);
  expect(matches({})).toBe(true);
  expect(matches({ "CANARY-n": "CANARY-v", b: "3" })).toBe(false);
  expect(matches({ b: "CANARY-v" })).toBe(false);
  expect(holdings).toMatchObject({ isLocked: true, isKnown: true });
  expect(inspect(holdings, { depth: 20, showHidden: true })).not.toContain("CANARY");
  expect(veiled(holdings)).toBe(holdings);
});
