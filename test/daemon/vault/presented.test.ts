import type { Redemption } from "@strongroom/daemon/src/oauth/provider.ts";
import { justGiven } from "@strongroom/daemon/src/vault/presented.ts";
import { describe, expect, it } from "vitest";
import { credential, FIRST_REFRESH } from "../../support/oauth/credential.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

const EXPIRED = { expiresIn: 0 } as const;
const silent = (): Redemption => ({ kind: "unanswered", reason: "cut" });

/** A vault whose only token was presented as often as it may be, with no answer. */
async function unanswered(): Promise<TestVault> {
  const vault = new TestVault();
  await vault.call("oauth/put", credential("a", EXPIRED));
  vault.provider.script(silent, silent);
  expect(await codeOf(vault.call("oauth/token", { name: "a" }))).toBe("REAUTHORIZE");
  expect(vault.provider.presented).toEqual([FIRST_REFRESH, FIRST_REFRESH]);
  return vault;
}

describe("a refresh token that was presented without an answer", () => {
  it("is presented no more when it is put again after it was removed, under whatever name", async () => {
    const before = await unanswered();
    const { flight } = await before.call("oauth/show", { name: "a" });
    await before.call("oauth/remove", { name: "a" });
    const { entries } = await before.call("audit/list", {});
    expect(entries.map(({ operation }) => operation)).toEqual(["oauth/put", "oauth/remove"]);
    await before.call("vault/compact", {});
    const vault = before.reopened();
    for (const name of ["a", "b"]) {
      await vault.call("oauth/put", credential(name, EXPIRED));
      expect(await codeOf(vault.call("oauth/token", { name }))).toBe("REAUTHORIZE");
      const shown = await vault.call("oauth/show", { name });
      expect(shown.flight?.id).toBe(flight?.id);
      expect(shown.why).toContain("(cut)");
    }
    expect(vault.provider.presented).toHaveLength(2);
  });

  it("is presented no more when another was put in between", async () => {
    const vault = await unanswered();
    const other = credential("a", { refreshToken: "another", expiresIn: 0 });
    await vault.call("oauth/put", { ...other, force: true });
    await vault.call("oauth/token", { name: "a" });
    await vault.call("oauth/put", { ...credential("a", EXPIRED), force: true });
    expect(await codeOf(vault.call("oauth/token", { name: "a" }))).toBe("REAUTHORIZE");
    expect(vault.provider.presented).toEqual([FIRST_REFRESH, FIRST_REFRESH, "another"]);
  });

  it("is good when its server has given it just now", async () => {
    const vault = await unanswered();
    await vault.call("oauth/remove", { name: "a" });
    await vault.call("oauth/put", justGiven(credential("a", EXPIRED)));
    expect(await codeOf(vault.call("oauth/token", { name: "a" }))).toBe("resolved");
  });

  it("is remembered of so many, the youngest", async () => {
    const vault = new TestVault();
    for (let n = 0; n < 258; n += 1) {
      const name = `n${n}`;
      await vault.call("oauth/put", credential(name, { refreshToken: name, expiresIn: 0 }));
      const flight = { id: name, generation: 1, attempts: 2, startedAt: n };
      vault.state.putOAuth(name, { ...vault.state.oauth.get(name)!, flight });
      await vault.call("oauth/remove", { name });
    }
    expect(vault.state.ownerRecords.size).toBe(256);
    expect(vault.reopened().state.ownerRecords.size).toBe(256);
    const put = async (name: string): Promise<string> => {
      await vault.call("oauth/put", credential(name, { refreshToken: name, expiresIn: 0 }));
      return codeOf(vault.call("oauth/token", { name }));
    };
    expect([await put("n1"), await put("n2")]).toEqual(["resolved", "REAUTHORIZE"]);
  });
});
