import type { Params, Result, WatchEvent } from "@strongroom/client/protocol";
import { describe, expect, it } from "vitest";
import { credential } from "../../support/oauth/credential.ts";
import { MemoryLog } from "../../support/memory-log.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

type Watched = Result<"watch/start">;

function watch(
  vault: TestVault,
  params: Params<"watch/start"> = {},
  caller: { readonly key?: string; readonly signal?: AbortSignal } = {},
): Promise<Watched> {
  return vault.call("watch/start", { wait: 0, ...params }, caller);
}

/** What is told behind a revision: `set a 1`. */
async function told(vault: TestVault, since = 0, caller = {}): Promise<string[]> {
  return (await watch(vault, { since }, caller)).events.map(text);
}

function text(event: WatchEvent): string {
  return "name" in event
    ? `${event.event} ${event.name} ${event.revision}`
    : `${event.event} ${event.revision}`;
}

describe("what is told to who watches", () => {
  it("is what was set and deleted, in the order of the revisions, and never a value", async () => {
    const vault = new TestVault();
    await vault.set("a", "canary");
    await vault.call("secret/delete", { name: "a" });
    await vault.call("secret/restore", { name: "a", version: 1 });
    await vault.call("vault/batch", {
      operations: [
        { op: "set", name: "p/1", value: "canary" },
        { op: "set", name: "p/2", value: "canary" },
        { op: "check", name: "none", expect: { absent: true } },
        { op: "delete", name: "p/1" },
      ],
    });
    await vault.call("vault/batch", { operations: [{ op: "clear", prefix: "p/" }] });
    await vault.call("secret/purge", { name: "p/1" });
    await vault.call("secret/delete", { name: "a" });
    await vault.call("secret/purge", { name: "a" });
    const all = [
      "set a 1",
      "delete a 2",
      "set a 3",
      "set p/1 4",
      "set p/2 4",
      "delete p/1 4",
      "delete p/2 5",
      "delete a 7",
    ];
    expect(await told(vault)).toEqual(all);
    expect(await told(vault, 4)).toEqual(all.slice(6));
    expect(JSON.stringify(await watch(vault, { since: 0 }))).not.toContain("canary");
  });

  it("is the same after a restart, and after a new epoch, and goes on behind a cursor", async () => {
    const vault = new TestVault();
    for (const name of ["a", "b"]) await vault.set(name, "1");
    const before = await watch(vault, { since: 0 });
    const later = vault.reopened();
    expect(await watch(later, { since: 0 })).toEqual(before);
    await later.call("vault/compact", {});
    const last = later.reopened();
    await last.set("c", "1");
    expect(await told(last)).toEqual(["set a 1", "set b 2", "set c 3"]);
    const { events } = await watch(last, { cursor: before.cursor });
    expect(events.map(text)).toEqual(["set c 3"]);
  });

  it("is nothing of what was refused, in a frame with others", async () => {
    const vault = new TestVault();
    const refused = vault.call("vault/batch", {
      operations: [
        { op: "set", name: "no", value: "1" },
        { op: "check", name: "no", expect: { absent: true } },
      ],
    });
    const results = await Promise.all([vault.set("a", "1"), codeOf(refused), vault.set("b", "1")]);
    expect(results[1]).toBe("ALREADY_EXISTS");
    expect(await told(vault)).toEqual(["set a 1", "set b 2"]);
  });

  it("is that a key was revoked or replaced, and that of credentials, for the owner", async () => {
    const vault = new TestVault();
    const terms = { allow: ["*:**"], noExpiry: true } as const;
    const { id } = await vault.call("key/create", { name: "k", ...terms });
    const other = await vault.call("key/create", { name: "other", ...terms });
    await vault.call("oauth/put", credential("o", { expiresIn: 0 }));
    await vault.call("oauth/token", { name: "o" });
    await vault.call("key/update", { key: "k", deny: ["get:x"] });
    await vault.call("key/revoke", { key: "k" });
    await vault.call("key/rotate", { key: "other" });
    await vault.call("oauth/remove", { name: "o" });
    const kinds = (await told(vault)).map((each) => each.replace(/ \d+$/, ""));
    expect(kinds).toEqual([
      "set o",
      "set o",
      `revoke key:${id}`,
      `revoke key:${other.id}`,
      "delete o",
    ]);
  });

  it("is chosen by a pattern", async () => {
    const vault = new TestVault();
    for (const name of ["a/1", "b/1", "a/b/1"]) await vault.set(name, "1");
    const { events } = await watch(vault, { since: 0, pattern: "a/*" });
    expect(events.map(text)).toEqual(["set a/1 1"]);
  });

  it("is at most a thousand events at once, and the rest behind them", async () => {
    const vault = new TestVault();
    const operations = Array.from({ length: 999 }, (_, n) => {
      return { op: "set", name: `n${n}`, value: "1" } as const;
    });
    await vault.call("vault/batch", { operations });
    await vault.call("vault/batch", { operations });
    const first = await watch(vault, { since: 0 });
    const second = await watch(vault, { cursor: first.cursor });
    expect([first.events.length, second.events.length]).toEqual([1000, 998]);
    expect((await watch(vault, { cursor: second.cursor })).events).toEqual([]);
  });
});

describe("what ends by itself", () => {
  const until = (vault: TestVault, ms: number): object => ({
    metadata: { expiresAt: vault.clock.wall + ms },
  });

  it("is told once it has, at the revision that stands, unless it was changed", async () => {
    const vault = new TestVault();
    const set = (name: string, more: object): Promise<unknown> =>
      vault.call("secret/set", { name, value: "1", ...more });
    await set("ends", until(vault, 1000));
    await set("stays", until(vault, 1000));
    await set("goes", until(vault, 1000));
    await set("stays", {});
    await vault.call("secret/delete", { name: "goes" });
    vault.clock.pass(999);
    expect(await told(vault, 5)).toEqual([]);
    vault.clock.pass(1);
    expect(await told(vault, 5)).toEqual(["expire ends 5"]);
    await set("later", {});
    expect(await told(vault, 4)).toEqual(["delete goes 5", "expire ends 5", "set later 6"]);
    expect(await told(vault.reopened(), 5)).toEqual(["expire ends 5", "set later 6"]);
  });

  it("is told before what was committed after its end, by whichever process", async () => {
    const vault = new TestVault();
    await vault.call("secret/set", { name: "a", value: "1", ...until(vault, 1000) });
    vault.clock.pass(5000);
    await vault.set("b", "1");
    const order = ["set a 1", "expire a 1", "set b 2"];
    expect(await told(vault)).toEqual(order);
    const later = vault.reopened();
    expect(await told(later)).toEqual(order);
    await later.call("vault/compact", {});
    expect(await told(later.reopened())).toEqual(order);
  });

  it("wakes who waits for it, when nobody changes anything", { timeout: 10_000 }, async () => {
    const vault = new TestVault();
    await vault.call("secret/set", { name: "a", value: "1", ...until(vault, 50) });
    const { cursor } = await watch(vault);
    const waiting = watch(vault, { cursor, wait: 600_000 });
    await new Promise((resolve) => setTimeout(resolve, 0));
    vault.clock.pass(50);
    expect((await waiting).events.map(text)).toEqual(["expire a 1"]);
  });
});

describe("whoever watches", () => {
  it("is answered where things stand first, then when something happens, or the time is over", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const { cursor, events } = await watch(vault, { wait: 10_000 });
    expect(events).toEqual([]);
    const waiting = watch(vault, { cursor, wait: 10_000 });
    await vault.set("b", "1");
    expect((await waiting).events.map(text)).toEqual(["set b 2"]);
    const none = await watch(vault, { cursor: (await waiting).cursor, wait: 5 });
    expect(none.events).toEqual([]);
  });

  it("hears nothing that is not durable, and nothing that never was", async () => {
    const vault = new TestVault();
    const { cursor } = await watch(vault);
    const heard: WatchEvent[] = [];
    const waiting = watch(vault, { cursor, wait: 10_000 }).then(({ events }) =>
      heard.push(...events),
    );
    vault.log.hold();
    const setting = vault.set("a", "1");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual([]);
    vault.log.release();
    await Promise.all([setting, waiting]);
    expect(heard.map(text)).toEqual(["set a 1"]);
  });

  it("comes too late, or from elsewhere, and is told to list anew", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const { cursor } = await watch(vault);
    const others = { log: new MemoryLog(), requestKey: Buffer.alloc(32, 8) };
    const other = new TestVault(others.log, vault.clock, undefined, undefined, others.requestKey);
    await other.set("b", "1");
    const places = [{ since: 5 }, { cursor: 9 }, { cursor: cursor + 1 }];
    for (const place of [...places, { cursor: (await watch(other)).cursor }]) {
      expect(await watch(vault, place)).toEqual({ events: [], cursor, resync: true, revision: 1 });
    }
  });

  it("is answered at the end of the daemon, and begins no wait then", async () => {
    const vault = new TestVault();
    const { cursor } = await watch(vault);
    const waiting = watch(vault, { cursor, wait: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const landing = vault.engine.land();
    expect(await waiting).toMatchObject({ events: [], cursor, closing: true });
    expect(await watch(vault, { cursor, wait: 10_000 })).toMatchObject({ closing: true });
    await landing;
  });

  it("is told that the vault is locked, when that happens while they wait", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const { cursor } = await watch(vault);
    const waiting = watch(vault, { cursor, wait: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    vault.services.locked = true;
    void vault.engine.land();
    expect((await waiting).events).toEqual([{ event: "lock", revision: 1 }]);
    expect(await codeOf(watch(vault, { cursor }))).toBe("LOCKED");
  });

  it("leaves nothing behind when they take it back", async () => {
    const vault = new TestVault();
    const { cursor } = await watch(vault);
    const leaving = new AbortController();
    const waiting = codeOf(watch(vault, { cursor, wait: 10_000 }, { signal: leaving.signal }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    leaving.abort();
    expect(await waiting).not.toBe("resolved");
  });
});

describe("an API key that watches", () => {
  async function withKey(...allow: string[]): Promise<{ vault: TestVault; key: string }> {
    const vault = new TestVault();
    const { id } = await vault.call("key/create", { name: "k", allow, noExpiry: true });
    return { vault, key: id };
  }

  it("hears of the names that it may list, and of no key", async () => {
    const { key, vault } = await withKey("list:a/**", "get:b");
    const { id } = await vault.call("key/create", { name: "x", allow: ["get:a"], noExpiry: true });
    for (const name of ["a/1", "b", "c"]) await vault.set(name, "1");
    await vault.call("key/revoke", { key: id });
    expect(await told(vault, 0, { key })).toEqual(["set a/1 3"]);
    const all = await vault.call("key/create", { name: "all", allow: ["*:**"], noExpiry: true });
    const heard = await told(vault, 0, { key: all.id });
    expect(heard).toEqual(["set a/1 3", "set b 4", "set c 5"]);
  });

  it("may not at all where it may list nothing", async () => {
    const { key, vault } = await withKey("get:**");
    expect(await codeOf(watch(vault, {}, { key }))).toBe("DENIED");
  });

  it("hears by what it may see when it is told, not when it asked", async () => {
    const { key, vault } = await withKey("list:**");
    const { cursor } = await watch(vault, {}, { key });
    const waiting = watch(vault, { cursor, wait: 10_000 }, { key });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await vault.call("key/update", { key, deny: ["list:b"] });
    await vault.set("b", "1");
    await vault.set("c", "1");
    expect((await waiting).events.map(text)).toEqual(["set c 4"]);
    const revoked = codeOf(watch(vault, { cursor: (await waiting).cursor, wait: 10_000 }, { key }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await vault.call("key/revoke", { key });
    await vault.set("d", "1");
    expect(await revoked).toBe("DENIED");
  });
});
