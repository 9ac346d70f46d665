import { changeFreshly } from "strongroom/src/fresh-change.ts";
import type { Caller } from "strongroom/src/command.ts";
import { expect, it } from "vitest";
import { TestVault } from "../support/vault.ts";

function callerOf(vault: TestVault): Caller {
  return {
    call: (method, params) => vault.call(method as never, params as never) as never,
    change: (method, params) => vault.call(method as never, params as never) as never,
  };
}

it("what somebody stores meanwhile is read again, and not overwritten", async () => {
  const vault = new TestVault();
  await vault.set("a", "1");
  let rounds = 0;
  const done = await changeFreshly(callerOf(vault), "a", async ({ value }) => {
    rounds += 1;
    if (rounds < 3) await vault.set("a", `${value}+`);
    return { value: `${value}!` };
  });
  expect([rounds, done]).toEqual([3, { version: 4, isChanged: true }]);
  expect((await vault.call("secret/get", { name: "a" })).value).toBe("1++!");
});

it("what stays as it is makes no new version", async () => {
  const vault = new TestVault();
  await vault.set("a", "1");
  const done = await changeFreshly(callerOf(vault), "a", () => undefined);
  expect(done).toEqual({ version: 1, isChanged: false });
});
