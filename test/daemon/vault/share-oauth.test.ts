import { shareCredentials } from "@strongroom/daemon/src/vault/share-oauth.ts";
import { expect, it } from "vitest";
import { credential } from "../../support/oauth/credential.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

it("a vault that is made of another one presents no refresh token before its owner says so", async () => {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("a", { expiresIn: 0 }));
  shareCredentials(vault.state);
  expect(await codeOf(vault.call("oauth/token", { name: "a" }))).toBe("REAUTHORIZE");
  expect(vault.provider.presented).toEqual([]);
  await vault.call("oauth/adopt", { name: "a", sourceIsRetired: true });
  expect(await codeOf(vault.call("oauth/token", { name: "a" }))).toBe("resolved");
});
