import { LIMITS } from "@strongroom/client/protocol";
import type { TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { describe, expect, it } from "vitest";
import { credential, FIRST_REFRESH } from "../../support/oauth/credential.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

async function withCredential(name = "mcp/a"): Promise<TestVault> {
  const vault = new TestVault();
  await vault.call("oauth/put", credential(name));
  return vault;
}

describe("a credential", () => {
  it("is put once by any number of writers, with the tokens and the subject of one of them", async () => {
    const vault = new TestVault();
    const writers = Array.from({ length: 12 }, (_, number) =>
      vault.call(
        "oauth/put",
        credential(
          "a",
          { accessToken: `t${number}`, refreshToken: `r${number}` },
          { subject: `s${number}` },
        ),
      ),
    );
    const outcomes = await Promise.all(writers.map((writer) => codeOf(writer)));
    expect(outcomes.filter((code) => code === "resolved")).toHaveLength(1);
    expect(outcomes.filter((code) => code === "ALREADY_EXISTS")).toHaveLength(11);
    const number = outcomes.indexOf("resolved");
    expect(vault.state.oauth.get("a")).toMatchObject({
      subject: `s${number}`,
      access: { token: `t${number}` },
      refreshToken: `r${number}`,
    });
  });

  it("is refused where a live secret has its name, and not where one was deleted", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    expect(await codeOf(vault.call("oauth/put", credential("a")))).toBe("ALREADY_EXISTS");
    await vault.call("secret/delete", { name: "a" });
    await vault.call("oauth/put", credential("a"));
    expect(await codeOf(vault.call("secret/history", { name: "a" }))).toBe("INVALID");
  });

  it("keeps its tokens when it is put anew, and drops them with the server, client, scopes or account", async () => {
    const changes = [
      { scopes: ["read"] },
      { subject: "another" },
      { registration: { ...credential("a").registration, issuer: "https://other.example" } },
      { registration: { ...credential("a").registration, clientId: "other" } },
      { registration: { ...credential("a").registration, tokenEndpoint: "https://as.example/t2" } },
      { registration: { ...credential("a").registration, resource: "https://r.example" } },
    ];
    for (const change of changes) {
      const vault = await withCredential("a");
      const { tokens: _, ...same } = credential("a", undefined, { account: "me" });
      await vault.call("oauth/put", { ...same, force: true });
      expect(vault.state.oauth.get("a")).toMatchObject({
        account: "me",
        refreshToken: FIRST_REFRESH,
      });
      await vault.call("oauth/put", { ...same, ...change, force: true });
      expect(vault.state.oauth.get("a")?.refreshToken).toBeUndefined();
      expect(vault.state.oauth.get("a")?.access).toBeUndefined();
    }
  });

  it("is replaced at the generation that is expected alone", async () => {
    const vault = await withCredential("a");
    const { generation } = await vault.call("oauth/show", { name: "a" });
    const wrong = { ...credential("a"), expect: { version: generation + 1 } };
    expect(await codeOf(vault.call("oauth/put", wrong))).toBe("CONFLICT");
    const put = await vault.call("oauth/put", {
      ...credential("a"),
      expect: { version: generation },
    });
    expect(put.generation).toBeGreaterThan(generation);
    await vault.call("oauth/remove", { name: "a" });
    const again = await vault.call("oauth/put", credential("a"));
    expect(again.generation).toBeGreaterThan(put.generation);
  });

  it("is found by a new process as it was, from the journal and from a snapshot", async () => {
    const vault = await withCredential("a");
    await vault.call("oauth/put", credential("b"));
    await vault.call("oauth/remove", { name: "b" });
    const before = vault.state.oauth.get("a");
    expect(vault.reopened().state.oauth).toEqual(new Map([["a", before]]));
    await vault.call("vault/compact", {});
    const { counters, oauth } = vault.reopened().state;
    expect(oauth).toEqual(new Map([["a", before]]));
    expect(counters).toEqual(vault.state.counters);
    expect(counters).toMatchObject({ live: 1 });
    expect(counters.weight).toBeGreaterThan(FIRST_REFRESH.length);
  });

  it("may not be missing from a snapshot, nor be there twice", async () => {
    const vault = await withCredential("a");
    const records = [...vault.state.records()];
    const place = records.findIndex((record) => record[0] === 30);
    for (const wrong of [
      records.toSpliced(place, 1),
      records.toSpliced(place, 0, records[place] ?? new Uint8Array()),
    ]) {
      const state = new VaultState();
      expect(() => {
        for (const record of wrong) state.record(record);
      }).toThrow(expect.objectContaining({ code: "CORRUPT" }));
    }
  });

  it("counts as one of the secrets that a vault may hold", async () => {
    const vault = await withCredential("a");
    vault.state.counters.live = LIMITS.secrets;
    expect(await codeOf(vault.call("oauth/put", credential("b")))).toBe("TOO_LARGE");
    // What replaces one takes no more room than a rotation does.
    expect(await codeOf(vault.call("oauth/put", { ...credential("a"), force: true }))).toBe(
      "resolved",
    );
  });

  it("is listed among the secrets in the order of names, without a word of its account", async () => {
    const vault = await withCredential("m/b");
    for (const name of ["m/a", "m/c", "z"]) await vault.set(name, "v");
    const { secrets } = await vault.call("secret/list", { pattern: "m/**" });
    expect(secrets.map(({ name }) => name)).toEqual(["m/a", "m/b", "m/c"]);
    const updatedAt = vault.state.oauth.get("m/b")?.updatedAt;
    const version = vault.state.oauth.get("m/b")?.generation;
    expect(secrets[1]).toEqual({ name: "m/b", version, updatedAt, metadata: { origin: "oauth" } });
    const first = await vault.call("secret/list", { limit: 2 });
    const rest = await vault.call("secret/list", { cursor: first.cursor ?? "" });
    expect([...first.secrets, ...rest.secrets].map(({ name }) => name)).toEqual([
      "m/a",
      "m/b",
      "m/c",
      "z",
    ]);
  });
});

describe("every method of secrets", () => {
  const GENERIC: readonly (readonly [TurnMethod, object, string])[] = [
    ["secret/delete", { name: "a" }, "oauth/remove"],
    ["secret/get", { name: "a" }, "oauth/token"],
    ["secret/history", { name: "a" }, "oauth/show"],
    ["secret/purge", { name: "a" }, "oauth/remove"],
    ["secret/restore", { name: "a", version: 1 }, "oauth/show"],
    ["secret/set", { name: "a", value: "v" }, "oauth/put"],
    ["vault/batch", { operations: [{ op: "set", name: "a", value: "v" }] }, "oauth/put"],
    ["vault/batch", { operations: [{ op: "delete", name: "a" }] }, "oauth/remove"],
    ["vault/batch", { operations: [{ op: "restore", name: "a", version: 1 }] }, "oauth/show"],
    [
      "vault/batch",
      { operations: [{ op: "check", name: "a", expect: { absent: true } }] },
      "oauth/token",
    ],
    ["vault/batch", { operations: [{ op: "clear", prefix: "a" }] }, "oauth/remove"],
    ["vault/read", { names: ["a"] }, "oauth/token"],
  ];

  it.each(GENERIC)("refuses the name of a credential: %s %j", async (method, params, right) => {
    const vault = await withCredential("a");
    const before = vault.state.oauth.get("a");
    await expect(vault.call(method, params as never)).rejects.toMatchObject({
      code: "INVALID",
      message: expect.stringContaining(right),
    });
    expect(vault.state.oauth.get("a")).toEqual(before);
    expect(vault.state.names()).toEqual([]);
  });

  it("says of a secret that it is one to whoever asks for a credential", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    for (const method of ["oauth/token", "oauth/show", "oauth/remove"] as const) {
      await expect(vault.call(method, { name: "a" })).rejects.toMatchObject({ code: "INVALID" });
      await expect(vault.call(method, { name: "b" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });
});

describe("keys", () => {
  it("get a token where their scope says so, and see of the others only that they are there", async () => {
    const vault = await withCredential("m/a");
    await vault.call("oauth/put", credential("n/a"));
    const terms = { allow: ["token:m/**", "list,get:**"], noExpiry: true } as const;
    const { id } = await vault.call("key/create", { name: "k", ...terms });
    const asked = (name: string) => vault.call("oauth/token", { name }, { key: id });
    expect(await asked("m/a")).toMatchObject({ accessToken: "access-0" });
    expect(await codeOf(asked("n/a"))).toBe("DENIED");
    expect(await codeOf(vault.call("secret/get", { name: "m/a" }, { key: id }))).toBe("INVALID");
    const listed = await vault.call("secret/list", {}, { key: id });
    expect(listed.secrets.map(({ name }) => name)).toEqual(["m/a", "n/a"]);
    for (const method of [
      "oauth/list",
      "oauth/show",
      "oauth/remove",
      "oauth/export-refresh",
    ] as const) {
      expect(await codeOf(vault.call(method, { name: "m/a" }, { key: id }))).toBe("DENIED");
    }
  });

  it("see no credential outside of their scope", async () => {
    const vault = await withCredential("n/a");
    const terms = { allow: ["list,get:m/**"], noExpiry: true } as const;
    const { id } = await vault.call("key/create", { name: "k", ...terms });
    expect((await vault.call("secret/list", {}, { key: id })).secrets).toEqual([]);
    const read = await vault.call("vault/read", { names: ["n/a"] }, { key: id });
    expect(read.secrets).toEqual([null]);
  });
});

describe("a refresh token that another program has, too", () => {
  it("is not presented before its owner adopts it", async () => {
    const vault = new TestVault();
    const imported = credential("a", { expiresIn: 0 }, { shared: true });
    await vault.call("oauth/put", imported);
    await expect(vault.call("oauth/token", { name: "a" })).rejects.toMatchObject({
      code: "REAUTHORIZE",
      hint: expect.stringContaining("oauth adopt"),
    });
    expect(vault.provider.presented).toEqual([]);
    expect(await vault.call("oauth/show", { name: "a" })).toMatchObject({ state: "shared" });
    await vault.call("oauth/adopt", { name: "a", sourceIsRetired: true });
    expect(await vault.call("oauth/token", { name: "a" })).toMatchObject({
      accessToken: "access-1",
    });
    expect(vault.provider.presented).toEqual([FIRST_REFRESH]);
  });
});
