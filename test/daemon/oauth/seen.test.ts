import { StrongroomError } from "@strongroom/client/protocol";
import { expect, it } from "vitest";
import { credential } from "../../support/oauth/credential.ts";
import { held } from "../../support/oauth/scripted-provider.ts";
import type { Answer } from "../../support/oauth/scripted-provider.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

async function expired(...answers: readonly Answer[]): Promise<TestVault> {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("a", { expiresIn: 0 }));
  vault.provider.script(...answers);
  return vault;
}

it("what its server or the network said last is shown, and when it is asked again", async () => {
  const vault = await expired(
    () => ({ kind: "misconfigured", error: "invalid_client" }),
    () => ({ kind: "busy", status: 503, retryAfterMs: 90_000 }),
  );
  expect(await vault.call("oauth/show", { name: "a" })).toMatchObject({ state: "ok" });
  expect(await codeOf(vault.call("oauth/token", { name: "a" }))).toBe("INVALID");
  expect(await vault.call("oauth/show", { name: "a" })).toMatchObject({
    state: "failing",
    why: "its server says invalid_client",
    hint: expect.stringContaining("put it again"),
    nextAttemptAt: vault.clock.wall + 60_000,
  });
  vault.clock.pass(60_000);
  const due = await vault.call("oauth/show", { name: "a" });
  expect([due.state, due.why, due.nextAttemptAt]).toEqual([
    "failing",
    "its server says invalid_client",
    undefined,
  ]);
  expect(await codeOf(vault.call("oauth/token", { name: "a" }))).toBe("UNAVAILABLE");
  const busy = await vault.call("oauth/show", { name: "a" });
  expect([busy.why, busy.hint, busy.nextAttemptAt]).toEqual([
    "its server answers with status 503",
    undefined,
    vault.clock.wall + 90_000,
  ]);
  vault.clock.pass(90_000);
  await vault.call("oauth/token", { name: "a" });
  expect(await vault.call("oauth/show", { name: "a" })).toMatchObject({ state: "ok" });
});

it("what stands in the way here is shown before anybody asks, and holds nothing back once mended", async () => {
  const vault = await expired();
  vault.provider.obstacle = new StrongroomError("INVALID", "/c/network.json: it is no JSON", {
    hint: "mend it, or remove it: rm /c/network.json",
  });
  const { credentials } = await vault.call("oauth/list", {});
  expect(credentials).toMatchObject([
    {
      state: "failing",
      why: "/c/network.json: it is no JSON",
      hint: "mend it, or remove it: rm /c/network.json",
    },
  ]);
  await expect(vault.call("oauth/token", { name: "a" })).rejects.toMatchObject({
    code: "INVALID",
    message: expect.stringContaining("/c/network.json: it is no JSON"),
    hint: "mend it, or remove it: rm /c/network.json",
  });
  expect(vault.provider.presented).toEqual([]);
  vault.provider.obstacle = undefined;
  expect(await codeOf(vault.call("oauth/token", { name: "a" }))).toBe("resolved");
});

it("a credential is not called failing while it is being refreshed", async () => {
  const slow = held();
  const vault = await expired(() => ({ kind: "not-sent", reason: "refused" }), slow.answer);
  expect(await codeOf(vault.call("oauth/token", { name: "a" }))).toBe("UNAVAILABLE");
  expect(await vault.call("oauth/show", { name: "a" })).toMatchObject({ state: "failing" });
  vault.clock.pass(10_000);
  const asked = vault.call("oauth/token", { name: "a" });
  while (vault.provider.presented.length < 2) await new Promise((done) => setTimeout(done, 1));
  expect(await vault.call("oauth/show", { name: "a" })).toMatchObject({ state: "ok" });
  slow.release(vault.provider.granted());
  await asked;
});
