import { describe, expect, it } from "vitest";
import { HOUR, RENEWER, started, withRenewer } from "../../support/renewing.ts";
import { waiting as waits } from "../../support/scripted-programs.ts";
import { codeOf } from "../../support/vault.ts";
import type { TestVault } from "../../support/vault.ts";

async function keyOf(vault: TestVault, ...allow: string[]): Promise<string> {
  const name = `k${allow.join("")}`;
  return (await vault.call("key/create", { name, allow, noExpiry: true })).id;
}

describe("a secret with a renewer", () => {
  it("is made by whoever asks for it first, and served to all while it is young", async () => {
    const vault = await withRenewer();
    expect(vault.programs.started).toEqual([]);
    expect(await vault.call("secret/get", { name: "a" })).toMatchObject({
      value: "value-1",
      version: 1,
      metadata: { origin: "renewer" },
    });
    vault.clock.pass(HOUR - 1);
    expect(await vault.value("a")).toBe("value-1");
    vault.clock.pass(1);
    expect(await vault.value("a")).toBe("value-2");
    expect(vault.programs.started).toEqual(["a", "a"]);
  });

  it("is renewed once for all who ask at a time, by whatever method", async () => {
    const vault = await withRenewer();
    const { print, script } = waits();
    vault.programs.script = script;
    const gets = Array.from({ length: 31 }, () => vault.value("a"));
    const read = vault.call("vault/read", { names: ["a", "none"] });
    await started(vault, 1);
    print("one");
    expect(new Set(await Promise.all(gets))).toEqual(new Set(["one"]));
    expect((await read).secrets.map((secret) => secret?.value)).toEqual(["one", undefined]);
    expect(vault.programs.started).toEqual(["a"]);
  });

  it("holds up no other while its program runs, and no change", async () => {
    const vault = await withRenewer();
    const { print, script } = waits();
    vault.programs.script = script;
    const waiting = vault.value("a");
    await started(vault, 1);
    await vault.set("b", "2");
    expect(await vault.value("b")).toBe("2");
    print("one");
    expect(await waiting).toBe("one");
  });

  it("is as it was in an earlier version, and in the list, without its program", async () => {
    const vault = await withRenewer();
    await vault.set("a", "by hand");
    vault.clock.pass(HOUR);
    const old = await vault.call("secret/get", { name: "a", version: 1 });
    expect(old.value).toBe("by hand");
    await vault.call("secret/list", { pattern: "a" });
    await vault.call("secret/history", { name: "a" });
    expect(vault.programs.started).toEqual([]);
  });

  it("is young when somebody stores it, too", async () => {
    const vault = await withRenewer();
    await vault.set("a", "by hand");
    vault.clock.pass(HOUR - 1);
    expect(await vault.value("a")).toBe("by hand");
    expect(vault.programs.started).toEqual([]);
  });

  it("is not overwritten when somebody stored it while the program ran", async () => {
    const vault = await withRenewer();
    const { print, script } = waits();
    vault.programs.script = script;
    const waiting = vault.value("a");
    await started(vault, 1);
    await vault.set("a", "by hand");
    print("printed");
    expect(await waiting).toBe("by hand");
    const { versions } = await vault.call("secret/history", { name: "a" });
    expect(versions).toHaveLength(1);
  });

  it("is renewed where the clock was set back since, for nobody knows how old it is", async () => {
    const vault = await withRenewer();
    expect(await vault.value("a")).toBe("value-1");
    vault.clock.wall -= 2 * HOUR;
    await vault.call("clock/accept", {});
    expect(await vault.value("a")).toBe("value-2");
  });

  it("keeps what its owner said of it, but for an end that has come", async () => {
    const vault = await withRenewer();
    const expiresAt = vault.clock.wall + 10;
    const metadata = { note: "n", tags: ["t"], contentType: "text/plain", expiresAt };
    await vault.call("secret/set", { name: "a", value: "1", metadata });
    vault.clock.pass(10);
    const { metadata: kept } = await vault.call("secret/get", { name: "a" });
    expect(kept).toEqual({
      note: "n",
      tags: ["t"],
      contentType: "text/plain",
      origin: "renewer",
    });
  });

  it.each([
    ["text\n", "text", "utf8"],
    ["text\r\n", "text", "utf8"],
    ["two\n\n", "two\n", "utf8"],
    ["none", "none", "utf8"],
    [Buffer.of(0xff, 0x0a), "/w==", "base64"],
  ])("is what was printed without the end of the line: %j", async (printed, value, encoding) => {
    const vault = await withRenewer();
    vault.programs.script = () => Buffer.from(printed as string);
    expect(await vault.call("secret/get", { name: "a" })).toMatchObject({ value, encoding });
  });

  it("goes with its renewer when it is deleted, and does not come again", async () => {
    const vault = await withRenewer();
    await vault.value("a");
    await vault.call("secret/delete", { name: "a" });
    expect(await codeOf(vault.value("a"))).toBe("NOT_FOUND");
    const batch = [{ op: "clear", prefix: "b" }] as const;
    await vault.call("renewer/set", { ...RENEWER, name: "b" });
    await vault.value("b");
    await vault.call("vault/batch", { operations: batch });
    expect((await vault.call("renewer/list", {})).renewers).toEqual([]);
    expect(await codeOf(vault.value("b"))).toBe("NOT_FOUND");
    expect(vault.state.counters.weight).toBe(vault.reopened().state.counters.weight);
  });

  it("stays as it is when its renewer is taken away", async () => {
    const vault = await withRenewer();
    await vault.value("a");
    await vault.call("renewer/remove", { name: "a" });
    vault.clock.pass(2 * HOUR);
    expect(await vault.value("a")).toBe("value-1");
    expect(await codeOf(vault.call("renewer/remove", { name: "a" }))).toBe("NOT_FOUND");
  });
});

describe("an API key", () => {
  it("has a value renewed that it may get, and starts no program for any other", async () => {
    const vault = await withRenewer();
    const outside = await keyOf(vault, "get:other", "list:**");
    const inside = await keyOf(vault, "get:a");
    expect(await codeOf(vault.call("secret/get", { name: "a" }, { key: outside }))).toBe("DENIED");
    const { secrets } = await vault.call("vault/read", { names: ["a"] }, { key: outside });
    expect(secrets).toEqual([null]);
    expect(vault.programs.started).toEqual([]);
    const got = await vault.call("secret/get", { name: "a" }, { key: inside });
    expect(got.value).toBe("value-1");
  });

  it("that is revoked while the program runs gets nothing of it", async () => {
    const vault = await withRenewer();
    const key = await keyOf(vault, "get:a");
    const { print, script } = waits();
    vault.programs.script = script;
    const waiting = codeOf(vault.call("secret/get", { name: "a" }, { key }));
    await started(vault, 1);
    await vault.call("key/revoke", { key });
    print("one");
    expect(await waiting).toBe("DENIED");
  });

  it("sets, lists and removes no renewer, and has no file looked at", async () => {
    const vault = await withRenewer();
    const key = await keyOf(vault, "*:**");
    const gone = { ...RENEWER, argv: ["/not/there"] };
    for (const argv of [RENEWER.argv, gone.argv]) {
      expect(await codeOf(vault.call("renewer/set", { ...RENEWER, argv }, { key }))).toBe("DENIED");
    }
    expect(await codeOf(vault.call("renewer/set", gone))).toBe("UNAVAILABLE");
    expect(await codeOf(vault.call("renewer/list", {}, { key }))).toBe("DENIED");
    expect(await codeOf(vault.call("renewer/remove", { name: "a" }, { key }))).toBe("DENIED");
  });
});

describe("a program that asks for what it is to print", () => {
  it("is refused, where it is known for what it is, and for every name that is due", async () => {
    const vault = await withRenewer();
    await vault.call("renewer/set", { ...RENEWER, name: "b" });
    const { print, script } = waits();
    vault.programs.script = script;
    const waiting = vault.value("a");
    await started(vault, 1);
    vault.programs.own.add(77);
    const inside = { who: { actor: "owner", pid: 77 } };
    for (const name of ["a", "b"]) {
      for (const each of [inside, { claimed: 77 }]) {
        expect(await codeOf(vault.call("secret/get", { name }, each))).toBe("DENIED");
      }
    }
    print("one");
    expect(await waiting).toBe("one");
    expect(vault.programs.started).toEqual(["a"]);
  });
});
