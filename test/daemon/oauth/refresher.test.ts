import { expect, it } from "vitest";
import { credential, FIRST_REFRESH } from "../../support/oauth/credential.ts";
import { held } from "../../support/oauth/scripted-provider.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

const EXPIRED = { expiresIn: 0 } as const;

/** A vault whose only token is at its server, which answers when the test says so. */
async function inFlight(): Promise<{
  readonly vault: TestVault;
  readonly asked: Promise<string>;
  readonly release: ReturnType<typeof held>["release"];
}> {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("a", EXPIRED));
  const slow = held();
  vault.provider.script(slow.answer);
  const asked = codeOf(vault.call("oauth/token", { name: "a" }));
  while (vault.provider.presented.length === 0) await new Promise((done) => setTimeout(done, 1));
  return { vault, asked, release: slow.release };
}

it("drops what it brings where other tokens were put meanwhile, and whoever waits gets those", async () => {
  const { asked, release, vault } = await inFlight();
  const fresh = credential("a", { accessToken: "new", refreshToken: "newer", expiresIn: 60 });
  await vault.call("oauth/put", { ...fresh, force: true });
  release(vault.provider.granted());
  expect(await asked).toBe("resolved");
  expect(vault.state.oauth.get("a")).toMatchObject({
    access: { token: "new" },
    refreshToken: "newer",
  });
});

it("brings nothing back that was removed meanwhile", async () => {
  const { asked, release, vault } = await inFlight();
  await vault.call("oauth/remove", { name: "a" });
  release(vault.provider.granted());
  expect(await asked).toBe("NOT_FOUND");
  expect(vault.state.oauth.size).toBe(0);
});

it("keeps the open flight of a credential that is put anew without tokens", async () => {
  const { asked, release, vault } = await inFlight();
  const { tokens: _, ...same } = credential("a");
  await vault.call("oauth/put", { ...same, account: "me", force: true });
  release(vault.provider.granted());
  expect(await asked).toBe("resolved");
  expect(vault.state.oauth.get("a")).toMatchObject({ account: "me", refreshToken: "refresh-1" });
});

it("presents no refresh token once more once its daemon is ending", async () => {
  const { asked, release, vault } = await inFlight();
  const ended = vault.engine.land();
  release({ kind: "unanswered", reason: "as.example was cut off" });
  expect(await asked).toBe("CLOSING");
  await ended;
  expect(vault.provider.presented).toEqual([FIRST_REFRESH]);
  expect(vault.state.oauth.get("a")?.flight).toMatchObject({ attempts: 1 });
});

it("says what was answered where that was no token, each time that it is asked why", async () => {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("a", EXPIRED));
  const unusable = (accessToken: string) => () => vault.provider.granted({ accessToken });
  vault.provider.script(unusable("two words"), unusable(""));
  const why =
    /^flight [0-9a-f]{16} presented its refresh token 2 times, .*\(it answered with what is no token\)$/;
  for (const asked of [() => vault, () => vault.reopened()]) {
    const each = asked();
    await expect(each.call("oauth/token", { name: "a" })).rejects.toMatchObject({
      code: "REAUTHORIZE",
      message: expect.stringContaining("it answered with what is no token"),
    });
    const shown = await each.call("oauth/show", { name: "a" });
    expect(shown).toMatchObject({ state: "reauthorize", why: expect.stringMatching(why) });
  }
  expect(vault.provider.presented).toEqual([FIRST_REFRESH, FIRST_REFRESH]);
});

it("says after one presentation what came of it, and that it is made once more", async () => {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("a", EXPIRED));
  const slow = held();
  vault.provider.script(
    () => ({ kind: "unanswered", reason: "as.example was cut off" }),
    slow.answer,
  );
  const asked = codeOf(vault.call("oauth/token", { name: "a" }));
  while (vault.provider.presented.length < 2) await new Promise((done) => setTimeout(done, 1));
  const shown = await vault.reopened().call("oauth/show", { name: "a" });
  expect(shown).toMatchObject({ state: "reauthorize", flight: { attempts: 2 } });
  expect(shown.why).toContain("(as.example was cut off)");
  slow.release({ kind: "busy", status: 503 });
  expect(await asked).toBe("UNAVAILABLE");
  vault.clock.pass(10_000);
  const once = await vault.reopened().call("oauth/show", { name: "a" });
  expect(once).toMatchObject({ state: "ok", flight: { attempts: 1 } });
  expect(once.why).toContain("(as.example was cut off): it is made once more");
});

it("drops no newer token for one that was refused before", async () => {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("a"));
  const { generation } = await vault.call("oauth/show", { name: "a" });
  // The report is judged behind the tokens that are put in that very moment.
  const put = vault.call("oauth/put", { ...credential("a", { accessToken: "new" }), force: true });
  const report = vault.call("oauth/report", { name: "a", generation });
  expect([await codeOf(put), (await report).current]).toEqual(["resolved", true]);
  expect(vault.state.oauth.get("a")).toMatchObject({ access: { token: "new" } });
});

it("is recorded: what came of it, by the daemon itself, and what was exported, before it is", async () => {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("a", EXPIRED));
  await vault.call("oauth/token", { name: "a" });
  const { entries } = await vault.call("audit/list", {});
  expect(entries.map(({ actor, name, operation }) => [actor, operation, name])).toEqual([
    ["owner", "oauth/put", "a"],
    ["strongroom", "oauth/refresh", "a"],
  ]);
});
