import type { TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";
import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

const get = (vault: TestVault, who: object = {}): Promise<string> =>
  codeOf(vault.call("secret/get", { name: "a" }, who));
const set = (vault: TestVault, who: object = {}): Promise<string> =>
  codeOf(vault.call("secret/set", { name: "a", value: "2" }, who));

async function required(): Promise<TestVault> {
  const vault = new TestVault();
  await vault.set("a", "1");
  vault.clock.pass(1000);
  expect(await vault.call("vault/policy", { requireKey: true })).toMatchObject({
    requireKey: true,
  });
  return vault;
}

describe("a vault that requires a key", () => {
  it("makes nobody its owner but who has proved a slot within 15 minutes", async () => {
    const vault = await required();
    const proved = { provedAt: vault.clock.running };
    expect([await get(vault), await set(vault)]).toEqual(["DENIED", "DENIED"]);
    expect([await get(vault, proved), await set(vault, proved)]).toEqual(["resolved", "resolved"]);
    vault.clock.pass(899_999);
    expect([await get(vault, proved), await set(vault, proved)]).toEqual(["resolved", "resolved"]);
    vault.clock.pass(1);
    expect([await get(vault, proved), await set(vault, proved)]).toEqual(["DENIED", "DENIED"]);
  });

  it("refuses all but what tells nothing and gives nothing, over the whole table", async () => {
    const vault = await required();
    const open: string[] = [];
    for (const method of [
      "key/create",
      "key/list",
      "key/revoke",
      "key/verify",
      "secret/list",
      "slot/list",
      "vault/backup",
      "vault/compact",
      "vault/policy",
      "vault/read",
      "vault/rekey",
      "vault/verify",
      "vault/batch",
      "session/issue",
      "session/jwks",
      "session/own",
      "vault/status",
      "daemon/stop",
    ]) {
      const params: object = {
        name: "k",
        key: "k",
        names: ["a"],
        operations: [],
        requireKey: false,
        allow: [],
      };
      if ((await codeOf(vault.call(method as TurnMethod, params))) === "resolved")
        open.push(method);
    }
    expect(open).toEqual(["session/jwks", "session/own", "vault/status", "daemon/stop"]);
  });

  it("serves keys as before", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const { id } = await vault.call("key/create", { name: "k", allow: ["get:a"], noExpiry: true });
    await vault.call("vault/policy", { requireKey: true });
    expect(await get(vault, { key: id })).toBe("resolved");
    // A key is no owner, whatever was proved over its connection before.
    const proved = { key: id, provedAt: vault.clock.running };
    expect(await codeOf(vault.call("vault/policy", { requireKey: false }, proved))).toBe("DENIED");
  });

  it("does so from the turn on in which it was chosen, and in the next process", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const chosen = vault.call("vault/policy", { requireKey: true });
    const behind = [set(vault), set(vault, { provedAt: vault.clock.running })];
    await chosen;
    expect(await Promise.all(behind)).toEqual(["DENIED", "resolved"]);
    expect(await get(vault.reopened())).toBe("DENIED");
    await vault.call("vault/compact", {}, { provedAt: vault.clock.running });
    const next = vault.reopened();
    expect(await get(next)).toBe("DENIED");
    const proved = { provedAt: next.clock.running };
    await next.call("vault/policy", { requireKey: false }, proved);
    expect([await get(next), await get(next.reopened())]).toEqual(["resolved", "resolved"]);
  });

  it("forgets what was proved when the slots are others", async () => {
    const vault = await required();
    const proved = { provedAt: vault.clock.running };
    vault.clock.pass(1);
    await vault.call("slot/remove", { slot: "0".repeat(16), keepDataKey: true }, proved);
    // The clock of starts is coarse: what was proved in the same moment was proved before.
    for (const who of [proved, { provedAt: vault.clock.running }]) {
      expect(await get(vault, who)).toBe("DENIED");
    }
    vault.clock.pass(10);
    expect(await get(vault, { provedAt: vault.clock.running })).toBe("resolved");
  });

  it("leaves nothing of a choice that was refused", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const operations = [{ op: "set", name: "b", value: "" }] as const;
    const first = { operations, requestId: "r", seen: 1 };
    await vault.call("vault/batch", first);
    const again = { requireKey: true, requestId: "r", seen: 1 };
    expect(await codeOf(vault.call("vault/policy", again))).toBe("INVALID");
    expect(await get(vault)).toBe("resolved");
    expect([...vault.state.records()].some((record) => record[0] === 10)).toBe(false);
  });
});
