import { LIMITS } from "@strongroom/client/protocol";
import { expect, it } from "vitest";
import { credential } from "../../support/oauth/credential.ts";
import { RENEWER } from "../../support/renewing.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

it("no program renews an OAuth credential, and none is put where one renews a secret", async () => {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("o"));
  const refused = vault.call("renewer/set", { ...RENEWER, name: "o" });
  await expect(refused).rejects.toMatchObject({
    code: "INVALID",
    message: expect.stringContaining("oauth/token") as string,
  });
  await vault.call("renewer/set", RENEWER);
  expect(await codeOf(vault.call("oauth/put", credential("a")))).toBe("ALREADY_EXISTS");
});

it("a renewer of a name that cannot be made is refused", async () => {
  const vault = new TestVault();
  expect(await codeOf(vault.call("renewer/set", { ...RENEWER, name: "a//b" }))).toBe("INVALID");
});

it("there are so many renewers and no more; one in the place of another is none more", async () => {
  const vault = new TestVault();
  const set = (name: string): Promise<unknown> => vault.call("renewer/set", { ...RENEWER, name });
  await Promise.all(Array.from({ length: LIMITS.renewers }, (_, n) => set(`n${n}`)));
  expect(await codeOf(set("more"))).toBe("TOO_LARGE");
  expect(await codeOf(set("n1"))).toBe("resolved");
});

it("a renewer is there again after a restart and a new epoch, and counts what it weighs", async () => {
  const vault = new TestVault();
  await vault.call("renewer/set", { ...RENEWER, serveStale: true });
  await vault.value("a");
  const before = (await vault.call("renewer/list", {})).renewers;
  expect(before).toMatchObject([{ ...RENEWER, serveStale: true, due: false }]);
  const later = vault.reopened();
  expect((await later.call("renewer/list", {})).renewers).toEqual(before);
  await later.call("vault/compact", {});
  const last = later.reopened();
  expect((await last.call("renewer/list", {})).renewers).toEqual(before);
  expect(last.state.counters.weight).toBe(vault.state.counters.weight);
  expect((await last.call("renewer/list", { pattern: "b*" })).renewers).toEqual([]);
});
