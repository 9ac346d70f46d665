import { tokenCall } from "@strongroom/client/src/token.ts";
import { expect, it } from "vitest";

it("waits as long as a refresh may take, unless somebody says how long calls may take", () => {
  expect(tokenCall("a", {}, false)).toEqual([{ name: "a" }, { timeout: "30s" }]);
  expect(tokenCall("a", {}, true)).toEqual([{ name: "a" }, {}]);
  expect(tokenCall("a", { timeout: 50 }, false)).toEqual([{ name: "a" }, { timeout: 50 }]);
});

it("asks for what it is told, and sends nothing of its options", () => {
  const { signal } = new AbortController();
  expect(tokenCall("a", { minTtl: 60, scopes: ["read"], signal }, true)).toEqual([
    { name: "a", minTtl: 60, scopes: ["read"] },
    { signal },
  ]);
});
