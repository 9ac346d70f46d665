import { createHmac } from "node:crypto";
import { LIMITS } from "@strongroom/client/protocol";
import type { MethodName, Params } from "@strongroom/client/protocol";
import { REQUIREMENTS } from "@strongroom/daemon/src/authority/requirements.ts";
import type { TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";
import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

type Terms = Omit<Params<"key/create">, "allow" | "name" | "requestId" | "seen">;

async function withKey(
  allow: readonly string[],
  terms: Terms = { noExpiry: true },
): Promise<{ vault: TestVault; id: string }> {
  const vault = new TestVault();
  await vault.set("github/a", "1");
  await vault.set("other", "2");
  const { id } = await vault.call("key/create", { name: "k", allow, ...terms });
  return { vault, id };
}

describe("a key", () => {
  it("reads and writes within its scope, and cannot tell missing from forbidden outside", async () => {
    const { vault, id } = await withKey(["get,list,set:github/**"]);
    const key = { key: id };
    expect((await vault.call("secret/get", { name: "github/a" }, key)).value).toBe("1");
    await vault.call("secret/set", { name: "github/b", value: "3" }, key);
    for (const name of ["other", "none"]) {
      for (const method of ["secret/get", "secret/delete", "secret/history"] as const) {
        await expect(vault.call(method, { name }, key)).rejects.toMatchObject({
          code: "DENIED",
          message: "this API key may not do that",
        });
      }
      expect(await codeOf(vault.call("secret/set", { name, value: "x" }, key))).toBe("DENIED");
    }
    const { secrets } = await vault.call("secret/list", { all: true }, key);
    expect(secrets.map(({ name }) => name)).toEqual(["github/a", "github/b"]);
    const read = await vault.call("vault/read", { names: ["github/a", "other", "none"] }, key);
    expect(read.secrets.map((secret) => secret?.value ?? null)).toEqual(["1", null, null]);
  });

  it("judges a batch operation by operation, and does none of it when one is not allowed", async () => {
    const { vault, id } = await withKey(["set,delete:github/**", "get:github/a"]);
    const key = { key: id };
    const refused: Params<"vault/batch">["operations"][] = [
      [
        { op: "set", name: "github/x", value: "" },
        { op: "set", name: "other", value: "" },
      ],
      [{ op: "check", name: "other", expect: { absent: true } }],
      [{ op: "check", name: "github/b", expect: { absent: true } }],
      [{ op: "clear", prefix: "git" }],
      [{ op: "restore", name: "github/a", version: 1 }],
    ];
    for (const operations of refused) {
      expect(await codeOf(vault.call("vault/batch", { operations }, key))).toBe("DENIED");
    }
    expect(await codeOf(vault.value("github/x"))).toBe("NOT_FOUND");
    await vault.call("vault/batch", { operations: [{ op: "clear", prefix: "github/" }] }, key);
    expect(await codeOf(vault.value("github/a"))).toBe("NOT_FOUND");
  });

  it("is told no version by a conflict where it may neither get nor list", async () => {
    const { vault, id } = await withKey(["set:github/**"]);
    const params = { name: "github/a", value: "x", expect: { version: 9 } };
    const refusal = vault.call("secret/set", params, { key: id });
    await expect(refusal).rejects.toMatchObject({ code: "CONFLICT", version: undefined });
    await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining("1") });
    await vault.call("key/update", { key: id, allow: ["set,list:github/**"] });
    await expect(vault.call("secret/set", params, { key: id })).rejects.toMatchObject({
      code: "CONFLICT",
      version: 1,
    });
  });

  it("is refused what is the owner's, over the whole table, and shown two words of the status", async () => {
    const { vault, id } = await withKey(["*:**"]);
    const owners = Object.entries(REQUIREMENTS).filter(([, each]) => each === "owner");
    expect(owners.length).toBeGreaterThan(10);
    for (const [method] of owners) {
      const params: object = { key: "k", name: "k" };
      const answer = vault.call(method as TurnMethod, params, { key: id });
      expect([method, await codeOf(answer)]).toEqual([method, "DENIED"]);
    }
    const status = await vault.call("vault/status", { detail: true }, { key: id });
    expect(Object.keys(status).toSorted()).toEqual(["protocol", "revision", "state"]);
  });

  it("ends at its time, by every clock, and with a change of another in the same frame", async () => {
    const { vault, id } = await withKey(["get,set:**"], { expiresAt: 1_700_000_010_000 });
    const get = (): Promise<string> =>
      codeOf(vault.call("secret/get", { name: "other" }, { key: id }));
    vault.clock.pass(9999);
    expect(await get()).toBe("resolved");
    vault.clock.pass(1);
    expect(await get()).toBe("DENIED");
    vault.clock.wall -= 3_600_000_000;
    expect(await get()).toBe("DENIED");
    expect(await codeOf(vault.call("secret/set", { name: "a", value: "" }, { key: id }))).toBe(
      "DENIED",
    );
  });

  it("must have an end, or be told that it has none", async () => {
    const vault = new TestVault();
    const create = (terms: Terms): Promise<string> =>
      codeOf(vault.call("key/create", { name: "k", allow: [], ...terms }));
    expect(await create({})).toBe("INVALID");
    expect(await create({ expiresAt: vault.clock.wall })).toBe("INVALID");
    expect(await create({ expiresAt: vault.clock.wall + 1, noExpiry: true })).toBe("INVALID");
    expect(await create({ noExpiry: true })).toBe("resolved");
    expect(await create({ noExpiry: true })).toBe("ALREADY_EXISTS");
  });
});

describe("a key that has ended", () => {
  it("is not brought back by a change of its terms", async () => {
    const { vault, id } = await withKey(["get:**"], { expiresAt: 1_700_000_001_000 });
    vault.clock.pass(1000);
    const later = { expiresAt: vault.clock.wall + 1000 };
    for (const key of [id, "k"]) {
      const update = vault.call("key/update", { key, ...later });
      await expect(update).rejects.toMatchObject({ code: "INVALID" });
    }
    const get = vault.call("secret/get", { name: "other" }, { key: id });
    expect(await codeOf(get)).toBe("DENIED");
  });
});

describe("a revocation", () => {
  it("counts for all that stands behind it in the same frame, for repetitions too", async () => {
    const { vault, id } = await withKey(["set,get:**"]);
    const key = { key: id };
    const before = { name: "a", value: "1", requestId: "r1", seen: 3 };
    await vault.call("secret/set", before, key);
    const revoked = vault.call("key/revoke", { key: "k" });
    const behind = [
      vault.call("secret/set", { name: "b", value: "1" }, key),
      vault.call("secret/set", before, key),
    ];
    await revoked;
    expect(await Promise.all(behind.map(codeOf))).toEqual(["DENIED", "DENIED"]);
    expect(await codeOf(vault.call("secret/get", { name: "a" }, key))).toBe("DENIED");
    expect(vault.services.ended).toEqual([id]);
    expect(await codeOf(vault.value("b"))).toBe("NOT_FOUND");
  });

  it("by name ends every key of the name that works, and no other", async () => {
    const { vault, id } = await withKey(["get:**"]);
    const second = await vault.call("key/rotate", { key: "k", overlapMs: 60_000 });
    const third = await vault.call("key/rotate", { key: "k", overlapMs: 60_000 });
    const get = (key: string): Promise<string> =>
      codeOf(vault.call("secret/get", { name: "other" }, { key }));
    await vault.call("key/update", { key: "k", deny: ["get:other"] });
    const ids = [id, second.id, third.id];
    expect(await Promise.all(ids.map(get))).toEqual(["DENIED", "DENIED", "DENIED"]);
    await vault.call("key/update", { key: "k", deny: [] });
    await vault.call("key/revoke", { key: second.id });
    expect(await Promise.all(ids.map(get))).toEqual(["resolved", "DENIED", "resolved"]);
    expect(vault.services.ended).toEqual([second.id]);
    expect((await vault.call("key/revoke", { key: "k" })).id).toBe(third.id);
    expect(await Promise.all(ids.map(get))).toEqual(["DENIED", "DENIED", "DENIED"]);
    expect(vault.services.ended).toEqual([second.id, third.id, id]);
  });

  it("by an id is of that key, whatever others are called", async () => {
    const { vault, id } = await withKey(["get:**"]);
    const namesake = { name: id, allow: [], noExpiry: true } as const;
    expect(await codeOf(vault.call("key/create", namesake))).toBe("ALREADY_EXISTS");
    expect((await vault.call("key/revoke", { key: id })).id).toBe(id);
  });

  it("of a key that has ended leaves its end where it was", async () => {
    const { vault, id } = await withKey(["get:**"]);
    await vault.call("key/revoke", { key: id });
    const { revokedAt } = await vault.call("key/show", { key: id });
    vault.clock.pass(1000);
    await vault.call("key/revoke", { key: id });
    expect(await vault.call("key/show", { key: id })).toMatchObject({
      state: "revoked",
      revokedAt,
    });
  });

  it("by rotation makes the new key and ends the old one at one revision, or after an overlap", async () => {
    const { vault, id } = await withKey(["get:**"], { noExpiry: true, quota: 7 });
    const rotated = await vault.call("key/rotate", { key: "k", requestId: "r", seen: 3 });
    expect(rotated.replaces).toBe(id);
    const get = (key: string): Promise<string> =>
      codeOf(vault.call("secret/get", { name: "other" }, { key }));
    expect([await get(id), await get(rotated.id)]).toEqual(["DENIED", "resolved"]);
    const again = await vault.call("key/rotate", { key: "k", requestId: "r", seen: 3 });
    expect(again).toEqual(rotated);
    const third = await vault.call("key/rotate", { key: "k", overlapMs: 1000 });
    vault.clock.pass(999);
    expect([await get(rotated.id), await get(third.id)]).toEqual(["resolved", "resolved"]);
    vault.clock.pass(1);
    expect([await get(rotated.id), await get(third.id)]).toEqual(["DENIED", "resolved"]);
  });

  it("by rotation is possible in a vault that is full of keys", async () => {
    const { vault, id } = await withKey(["get:**"]);
    for (let n = 1; n < LIMITS.apiKeys; n += 1) {
      await vault.call("key/create", { name: `k${n}`, allow: [], noExpiry: true });
    }
    const one = { name: "one more", allow: [], noExpiry: true } as const;
    expect(await codeOf(vault.call("key/create", one))).toBe("TOO_LARGE");
    const rotated = await vault.call("key/rotate", { key: "k" });
    expect(rotated.replaces).toBe(id);
    const get = (key: string): Promise<string> =>
      codeOf(vault.call("secret/get", { name: "other" }, { key }));
    expect([await get(id), await get(rotated.id)]).toEqual(["DENIED", "resolved"]);
  });

  it("by rotation is never put off, and leaves few of one name", async () => {
    const { vault, id } = await withKey(["get:**"]);
    const rotate = (key: string, overlapMs: number): Promise<string> =>
      codeOf(vault.call("key/rotate", { key, overlapMs }));
    expect(await rotate("k", 1000)).toBe("resolved");
    const { revokedAt } = await vault.call("key/show", { key: id });
    expect(await rotate(id, 5000)).toBe("resolved");
    expect((await vault.call("key/show", { key: id })).revokedAt).toBe(revokedAt);
    expect(await rotate("k", 5000)).toBe("resolved");
    expect(await rotate("k", 5000)).toBe("TOO_LARGE");
    expect(await rotate("k", 0)).toBe("resolved");
  });
});

describe("a credential", () => {
  it("that is valid names its key, and every other gets one answer", async () => {
    const vault = new TestVault();
    const made = await vault.call("key/create", { name: "k", allow: [], noExpiry: true });
    const { id, token } = made;
    expect(await vault.call("session/authenticate", { token })).toMatchObject({ id, name: "k" });
    const other = new TestVault();
    await other.call("key/create", { name: "k", allow: [], noExpiry: true });
    const refusals = await Promise.allSettled([
      other.call("session/authenticate", { token }),
      vault.call("session/authenticate", { token: "" }),
      vault.call("session/authenticate", { token: token.slice(0, -1) }),
      vault.call("session/authenticate", {
        token: vault.gate.minter.minting("owner", "x")(1).token,
      }),
    ]);
    await vault.call("key/revoke", { key: "k" });
    const [revoked] = await Promise.allSettled([vault.call("session/authenticate", { token })]);
    for (const refusal of [...refusals, revoked]) {
      expect(refusal).toMatchObject({
        status: "rejected",
        reason: { code: "DENIED", message: "this API key is not valid" },
      });
    }
  });

  it("is shown again when its making is repeated, also by the next process, and kept nowhere", async () => {
    const vault = new TestVault();
    const params = {
      name: "k",
      allow: ["get:**"],
      noExpiry: true,
      requestId: "r",
      seen: 0,
    } as const;
    const made = await vault.call("key/create", params);
    expect(await vault.call("key/create", params)).toEqual(made);
    const reopened = vault.reopened();
    expect(await reopened.call("key/create", params)).toEqual(made);
    const [, , secret = "none"] = made.token.split("_");
    const kept = [...vault.log.frames, ...vault.state.records()].map((bytes) =>
      Buffer.from(bytes).toString("latin1"),
    );
    expect(kept.join("")).not.toContain(secret);
  });
});

describe("a request id that is forgotten", () => {
  it("makes another key than the first time, which stays revoked", async () => {
    const vault = new TestVault();
    const terms = { name: "k", allow: ["get:**"], noExpiry: true } as const;
    const make = async (): Promise<{ id: string; token: string }> => {
      const seen = vault.state.counters.revision;
      return await vault.call("key/create", { ...terms, requestId: "nightly", seen });
    };
    const first = await make();
    await vault.call("key/revoke", { key: first.id });
    vault.clock.pass(86_400_001);
    const second = await make();
    expect(second.id).not.toBe(first.id);
    expect(await codeOf(vault.call("session/authenticate", { token: first.token }))).toBe("DENIED");
    vault.clock.pass(86_400_001);
    const rotate = { key: "k", requestId: "nightly" } as const;
    const revision = vault.state.counters.revision;
    const third = await vault.call("key/rotate", { ...rotate, seen: revision });
    expect(third.replaces).toBe(second.id);
    vault.clock.pass(86_400_001);
    const seen = vault.state.counters.revision;
    const fourth = await vault.call("key/rotate", { ...rotate, seen });
    expect(await vault.call("key/rotate", { ...rotate, seen })).toEqual(fourth);
    expect([third.id, second.id]).not.toContain(fourth.id);
    for (const { token } of [first, second, third]) {
      const refused = vault.call("session/authenticate", { token });
      expect(await codeOf(refused)).toBe("DENIED");
    }
    expect(await codeOf(vault.call("session/authenticate", fourth))).toBe("resolved");
  });
});

describe("a quota", () => {
  it("is exact without a crash, over reads and writes of many at once", async () => {
    const { vault, id } = await withKey(["get,set:**"], { noExpiry: true, quota: 250 });
    const asks = Array.from({ length: 400 }, (_, n) =>
      codeOf(
        n % 3 === 0
          ? vault.call("secret/set", { name: "a", value: String(n) }, { key: id })
          : vault.call("secret/get", { name: "other" }, { key: id }),
      ),
    );
    const codes = await Promise.all(asks);
    const served = codes.filter((code) => code === "resolved").length;
    expect(served).toBeLessThanOrEqual(250);
    // What was granted to reads ahead and not used is there for whoever asks next.
    let more = 0;
    while ((await codeOf(vault.call("secret/get", { name: "other" }, { key: id }))) === "resolved")
      more += 1;
    expect(served + more).toBe(250);
  });

  it("counts as it is now, when it was made smaller, and what was granted ahead with it", async () => {
    const { vault, id } = await withKey(["get,set:**"], { noExpiry: true, quota: 250 });
    const get = (): Promise<string> =>
      codeOf(vault.call("secret/get", { name: "other" }, { key: id }));
    const set = (): Promise<string> =>
      codeOf(vault.call("secret/set", { name: "a", value: "" }, { key: id }));
    expect([await get(), await get()]).toEqual(["resolved", "resolved"]);
    await vault.call("key/update", { key: id, quota: 4 });
    expect([await get(), await set()]).toEqual(["resolved", "resolved"]);
    expect([await get(), await set()]).toEqual(["QUOTA_EXCEEDED", "QUOTA_EXCEEDED"]);
    await vault.call("key/update", { key: id, quota: 6 });
    expect([await set(), await get(), await set()]).toEqual([
      "resolved",
      "resolved",
      "QUOTA_EXCEEDED",
    ]);
  });

  it("is never given twice: what was granted ahead of a crash is forfeit", async () => {
    const { vault, id } = await withKey(["get:**"], { noExpiry: true, quota: 150 });
    expect(await codeOf(vault.call("secret/get", { name: "other" }, { key: id }))).toBe("resolved");
    const next = vault.reopened();
    let served = 1;
    while ((await codeOf(next.call("secret/get", { name: "other" }, { key: id }))) === "resolved")
      served += 1;
    expect(served).toBe(51);
    expect(await codeOf(next.call("secret/get", { name: "other" }, { key: id }))).toBe(
      "QUOTA_EXCEEDED",
    );
  });

  it("is given back by a daemon that stops in order, as far as it was not used", async () => {
    const { vault, id } = await withKey(["get:**"], { noExpiry: true, quota: 150 });
    for (let n = 0; n < 7; n += 1) await vault.call("secret/get", { name: "other" }, { key: id });
    await vault.engine.drain();
    const next = vault.reopened();
    expect(await next.call("key/show", { key: id })).toMatchObject({ used: 7 });
    let served = 7;
    while ((await codeOf(next.call("secret/get", { name: "other" }, { key: id }))) === "resolved")
      served += 1;
    expect(served).toBe(150);
  });

  it("that is made less counts from the next request on, whatever was granted ahead", async () => {
    const { vault, id } = await withKey(["get,set:**"], { noExpiry: true, quota: 1000 });
    const get = (): Promise<string> =>
      codeOf(vault.call("secret/get", { name: "other" }, { key: id }));
    expect([await get(), await get()]).toEqual(["resolved", "resolved"]);
    await vault.call("key/update", { key: id, quota: 3 });
    expect([await get(), await get()]).toEqual(["resolved", "QUOTA_EXCEEDED"]);
    const set = vault.call("secret/set", { name: "a", value: "" }, { key: id });
    expect(await codeOf(set)).toBe("QUOTA_EXCEEDED");
    await vault.call("key/update", { key: id, quota: 4 });
    expect([await get(), await get()]).toEqual(["resolved", "QUOTA_EXCEEDED"]);
  });

  it("is granted to all who wait for it, whoever of them takes back what it asked", async () => {
    const { vault, id } = await withKey(["get:**"], { noExpiry: true, quota: 3 });
    const leaver = new AbortController();
    const get = (signal?: AbortSignal): Promise<string> =>
      codeOf(
        vault.call(
          "secret/get",
          { name: "other" },
          { key: id, ...(signal === undefined ? {} : { signal }) },
        ),
      );
    const asked = [get(leaver.signal), get(), get()];
    leaver.abort();
    expect(await Promise.all(asked)).toEqual(["TIMEOUT", "resolved", "resolved"]);
    expect([await get(), await get()]).toEqual(["resolved", "QUOTA_EXCEEDED"]);
  });

  it("is not used by what is refused", async () => {
    const { vault, id } = await withKey(["set:a"], { noExpiry: true, quota: 2 });
    const set = (name: string, expected?: number): Promise<string> =>
      codeOf(
        vault.call(
          "secret/set",
          { name, value: "", ...(expected === undefined ? {} : { expect: { version: expected } }) },
          { key: id },
        ),
      );
    expect(await set("b")).toBe("DENIED");
    expect(await set("a", 9)).toBe("CONFLICT");
    expect([await set("a"), await set("a"), await set("a")]).toEqual([
      "resolved",
      "resolved",
      "QUOTA_EXCEEDED",
    ]);
  });
});

describe("keys in the vault", () => {
  it("are the same when an earlier process wrote them, with proofs of their secrets", async () => {
    const { vault } = await withKey(["get:**"]);
    const { token } = vault.gate.minter.minting("owner", "r")(1);
    const [, id = "", secret = ""] = token.split("_");
    const hmac = (key: Uint8Array, text: string): Buffer =>
      createHmac("sha256", key).update(text).digest();
    const proof = hmac(hmac(Buffer.alloc(32, 8), "api key proofs"), secret).toString("hex");
    const terms = { allow: ["get:other"], deny: [], createdAt: 1 };
    vault.state.putKey({ id, name: "old", proof, ...terms });
    await vault.call("vault/compact", {});
    const next = vault.reopened();
    expect(await next.call("session/authenticate", { token })).toMatchObject({ id, name: "old" });
    expect(await next.call("key/show", { key: id })).toMatchObject({ audience: "strongroom" });
    const rotated = await next.call("key/rotate", { key: "old" });
    expect(await codeOf(next.call("session/authenticate", { token }))).toBe("DENIED");
    const renewed = await next.call("session/authenticate", { token: rotated.token });
    expect(renewed.id).toBe(rotated.id);
  });

  it("are there after a restart, a compaction and a rejected commit", async () => {
    const { vault, id } = await withKey(["get:**"]);
    await vault.call("key/update", { key: "k", deny: ["get:other"] });
    expect(await codeOf(vault.call("key/create", { name: "x", allow: [] }))).toBe("INVALID");
    const before = (await vault.call("key/list", {})).keys;
    expect(before).toEqual([
      expect.objectContaining({ id, name: "k", allow: ["get:**"], deny: ["get:other"] }),
    ]);
    expect((await vault.reopened().call("key/list", {})).keys).toEqual(before);
    await vault.call("vault/compact", {});
    const compacted = vault.reopened();
    expect((await compacted.call("key/list", {})).keys).toEqual(before);
    const get = (name: string): Promise<string> =>
      codeOf(compacted.call("secret/get", { name }, { key: id }));
    expect([await get("github/a"), await get("other")]).toEqual(["resolved", "DENIED"]);
  });
});

it("is named for every method that there is", () => {
  const methods = Object.keys(REQUIREMENTS) as MethodName[];
  expect(methods).toEqual(methods.toSorted());
});
