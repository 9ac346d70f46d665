import type { Params, SessionTerms } from "@strongroom/client/protocol";
import type { TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";
import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

type Terms = Partial<Omit<Params<"key/create">, "name" | "requestId" | "seen">>;

/** A vault with a key, and what makes sessions of it. */
async function withKey(terms: Terms = {}): Promise<{
  readonly vault: TestVault;
  readonly id: string;
  readonly issue: (params?: Params<"session/issue">) => Promise<string>;
  readonly enter: (token: string) => Promise<{ key: string; session: SessionTerms }>;
}> {
  const vault = new TestVault();
  await vault.set("github/a", "1");
  await vault.set("github/b", "2");
  const params = {
    name: "k",
    allow: ["get,list,set:github/**"],
    noExpiry: true,
    ...terms,
  } as const;
  const { id } = await vault.call("key/create", params);
  return {
    vault,
    id,
    issue: async (asked = {}) => (await vault.call("session/issue", asked, { key: id })).token,
    enter: async (token) => {
      const { id: key, session } = await vault.call("session/authenticate", { token });
      if (session === undefined) throw new Error("that is no session");
      return { key, session };
    },
  };
}

const get = (vault: TestVault, who: object, name = "github/a"): Promise<string> =>
  codeOf(vault.call("secret/get", { name }, who));

describe("a session token", () => {
  it("may what it says and what its key may, and no more", async () => {
    const { enter, issue, vault } = await withKey({ deny: ["get:github/b"] });
    const who = await enter(await issue({ allow: ["get:github/*"], ttl: 60 }));
    expect(who.session).toMatchObject({ allow: ["get:github/*"], deny: ["get:github/b"] });
    expect([await get(vault, who), await get(vault, who, "github/b")]).toEqual([
      "resolved",
      "DENIED",
    ]);
    const set = vault.call("secret/set", { name: "github/a", value: "x" }, who);
    expect(await codeOf(set)).toBe("DENIED");
    const { secrets } = await vault.call("vault/read", { names: ["github/a", "github/b"] }, who);
    expect(secrets.map((secret) => secret?.value ?? null)).toEqual(["1", null]);
    expect(await codeOf(vault.call("secret/list", {}, who))).toBe("DENIED");
    const all = await enter(await issue());
    expect((await vault.call("secret/list", {}, all)).secrets.length).toBe(2);
    await vault.call("secret/set", { name: "github/c", value: "x" }, all);
  });

  it("follows its key in each turn: what it loses, and not what it gains", async () => {
    const { enter, id, issue, vault } = await withKey();
    const who = await enter(await issue({ allow: ["get:github/a"] }));
    await vault.call("key/update", { key: id, deny: ["get:github/a"] });
    expect(await get(vault, who)).toBe("DENIED");
    await vault.call("key/update", { key: id, allow: ["get:**"], deny: [] });
    expect([await get(vault, who), await get(vault, who, "github/b")]).toEqual([
      "resolved",
      "DENIED",
    ]);
    const changes = [{ op: "clear", prefix: "github/" }] as const;
    await vault.call("key/update", { key: id, allow: ["*:**"] });
    expect(await codeOf(vault.call("vault/batch", { operations: changes }, who))).toBe("DENIED");
  });

  it("is no longer one where the clock was set back, for whoever has entered and whoever would", async () => {
    const { enter, issue, vault } = await withKey();
    const token = await issue();
    const who = await enter(token);
    vault.clock.wall -= 86_400_000;
    await vault.call("clock/accept", {});
    expect(await get(vault, who)).toBe("DENIED");
    expect(await codeOf(enter(token))).toBe("DENIED");
    const again = await enter(await issue());
    expect(await get(vault, again)).toBe("resolved");
    vault.clock.pass(900_000);
    expect(await get(vault, again)).toBe("DENIED");
  });

  const ends: readonly (readonly [string, (vault: TestVault) => unknown])[] = [
    ["is revoked", (vault) => vault.call("key/revoke", { key: "k" })],
    ["is rotated", (vault) => vault.call("key/rotate", { key: "k" })],
    ["expires", (vault) => vault.clock.pass(30_000)],
  ];
  it.each(ends)(
    "dies when its key %s, for whoever has entered and whoever would",
    async (_how, end) => {
      const { enter, issue, vault } = await withKey({
        noExpiry: undefined as never,
        expiresAt: new TestVault().clock.wall + 30_000,
      });
      const token = await issue({ ttl: 20 });
      const who = await enter(token);
      const behind = end(vault);
      const set = vault.call("secret/set", { name: "github/a", value: "x" }, who);
      await behind;
      expect(await codeOf(set)).toBe("DENIED");
      expect([await get(vault, who), await codeOf(enter(token))]).toEqual(["DENIED", "DENIED"]);
    },
  );

  it("ends at its own time, and with its key at the latest, whatever the clock is set to", async () => {
    const { enter, id, issue, vault } = await withKey();
    const token = await issue({ ttl: 60 });
    const who = await enter(token);
    vault.clock.pass(59_999);
    expect(await get(vault, who)).toBe("resolved");
    vault.clock.pass(1);
    expect([await get(vault, who), await codeOf(enter(token))]).toEqual(["DENIED", "DENIED"]);
    vault.clock.wall -= 3_600_000;
    expect([await get(vault, who), await codeOf(enter(token))]).toEqual(["DENIED", "DENIED"]);
    vault.clock.wall += 3_600_000;
    const expiresAt = vault.clock.wall + 10_000;
    await vault.call("key/update", { key: id, expiresAt });
    expect(await vault.call("session/issue", {}, { key: id })).toMatchObject({ expiresAt });
  });

  it("is good in the next process, and in none when the data key is another", async () => {
    const { enter, issue, vault } = await withKey();
    const token = await issue();
    const next = vault.reopened();
    expect((await next.call("session/authenticate", { token })).name).toBe("k");
    const who = await enter(token);
    expect(await get(vault, who)).toBe("resolved");
    expect(await get(vault, { ...who, session: { ...who.session, kid: "of before" } })).toBe(
      "DENIED",
    );
  });

  it("uses the rate and the quota of its key", async () => {
    const { enter, id, issue, vault } = await withKey({ quota: 3 });
    const who = await enter(await issue());
    expect([await get(vault, who), await get(vault, { key: id }), await get(vault, who)]).toEqual([
      "resolved",
      "resolved",
      "QUOTA_EXCEEDED",
    ]);
    expect(await codeOf(issue())).toBe("QUOTA_EXCEEDED");
  });

  it("may speak for a service where it says so", async () => {
    const { enter, issue, vault } = await withKey({ allow: ["get:**", "verify:billing"] });
    const made = { name: "shop", audience: "billing", allow: ["read:**"], noExpiry: true } as const;
    const { token } = await vault.call("key/create", made);
    const asked = { token, action: "read", resource: "a" };
    const may = async (allow: readonly string[]): Promise<string> =>
      codeOf(vault.call("key/verify", asked, await enter(await issue({ allow }))));
    expect([await may(["verify:billing"]), await may(["get:a"])]).toEqual(["resolved", "DENIED"]);
  });
});

describe("to issue a token", () => {
  it("takes a key: neither the owner nor a token can, nor is one given what its key may not", async () => {
    const { enter, id, issue, vault } = await withKey();
    await expect(vault.call("session/issue", {})).rejects.toMatchObject({ code: "DENIED" });
    const who = await enter(await issue());
    await expect(vault.call("session/issue", {}, who)).rejects.toMatchObject({ code: "DENIED" });
    for (const allow of [["get:**"], ["purge:github/a"], ["get,delete:github/a"]]) {
      expect(await codeOf(issue({ allow }))).toBe("DENIED");
    }
    await vault.call("key/revoke", { key: id });
    expect(await codeOf(issue())).toBe("DENIED");
  });

  it("is refused where the rules are too long for one", async () => {
    const long = Array.from({ length: 30 }, (_, n) => `get:${"x".repeat(240)}${n}`);
    const { issue } = await withKey({ allow: long });
    expect(await codeOf(issue())).toBe("TOO_LARGE");
    expect(await codeOf(issue({ allow: long.slice(0, 9) }))).toBe("TOO_LARGE");
    expect(await codeOf(issue({ allow: long.slice(0, 5) }))).toBe("resolved");
  });

  it("gives none of what is the owner's, over the whole table", async () => {
    const { enter, issue, vault } = await withKey({ allow: ["*:**"] });
    const who = await enter(await issue());
    for (const method of ["key/list", "vault/backup", "daemon/stop", "slot/list", "vault/rekey"]) {
      expect([method, await codeOf(vault.call(method as TurnMethod, {} as never, who))]).toEqual([
        method,
        "DENIED",
      ]);
    }
  });
});
