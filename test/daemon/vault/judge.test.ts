import { LIMITS } from "@strongroom/client/protocol";
import type { Expect } from "@strongroom/client/protocol";
import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

async function versions(vault: TestVault, name: string): Promise<readonly number[]> {
  const history = await vault.call("secret/history", { name });
  return history.versions.map(({ version }) => version);
}

describe("versions", () => {
  it("are counted by deletions too, and ten are kept", async () => {
    const vault = new TestVault();
    for (let count = 0; count < 12; count++) await vault.set("a", `${count}`);
    expect(await versions(vault, "a")).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(await vault.call("secret/delete", { name: "a" })).toMatchObject({ version: 13 });
    expect(await codeOf(vault.call("secret/delete", { name: "a" }))).toBe("NOT_FOUND");
    expect((await vault.call("secret/get", { name: "a", version: 5 })).value).toBe("4");
    expect(await codeOf(vault.call("secret/get", { name: "a", version: 3 }))).toBe("NOT_FOUND");
    expect(await codeOf(vault.call("secret/get", { name: "a", version: 13 }))).toBe("NOT_FOUND");
    expect(await vault.call("secret/restore", { name: "a", version: 5 })).toMatchObject({
      version: 14,
    });
    expect(await vault.value("a")).toBe("4");
  });

  it("are never used again: a forgotten name raises the floor of all new ones", async () => {
    const vault = new TestVault();
    for (const value of ["1", "2", "3"]) await vault.set("a", value);
    expect(await vault.call("secret/purge", { name: "a" })).toMatchObject({ purged: 3 });
    expect(await codeOf(vault.call("secret/history", { name: "a" }))).toBe("NOT_FOUND");
    expect(await vault.set("a", "x")).toMatchObject({ version: 4 });
    expect(await vault.set("new", "x")).toMatchObject({ version: 4 });
  });
});

describe("purge", () => {
  it("of versions takes what is kept, but the current one only with all of a deleted name", async () => {
    const vault = new TestVault();
    for (const value of ["1", "2", "3"]) await vault.set("a", value);
    const purge = (...named: number[]): Promise<string> =>
      codeOf(vault.call("secret/purge", { name: "a", versions: named }));
    expect(await purge(3)).toBe("INVALID");
    expect(await purge(99)).toBe("NOT_FOUND");
    expect(await purge(1, 99)).toBe("resolved");
    expect(await versions(vault, "a")).toEqual([3, 2]);
    await vault.call("secret/delete", { name: "a" });
    expect(await purge(4)).toBe("INVALID");
    expect(await purge(2, 3, 4)).toBe("resolved");
    expect(await codeOf(vault.call("secret/history", { name: "a" }))).toBe("NOT_FOUND");
    expect(await codeOf(vault.call("secret/purge", { name: "a" }))).toBe("NOT_FOUND");
  });

  it("is refused like every change when the name is not as the caller expects", async () => {
    const vault = new TestVault();
    for (const value of ["1", "2"]) await vault.set("a", value);
    const purge = (expected: Expect): Promise<unknown> =>
      vault.call("secret/purge", { name: "a", expect: expected });
    await expect(purge({ version: 1 })).rejects.toMatchObject({ code: "CONFLICT", version: 2 });
    expect(await codeOf(purge({ absent: true }))).toBe("ALREADY_EXISTS");
    await vault.call("secret/delete", { name: "a" });
    await expect(purge({ version: 3 })).rejects.toMatchObject({ code: "CONFLICT", version: 0 });
    expect(await purge({ absent: true })).toMatchObject({ purged: 3 });
  });
});

describe("expiry", () => {
  it("is judged at that very read, never goes back with the clock, and survives reopening", async () => {
    const vault = new TestVault();
    const metadata = { expiresAt: vault.clock.wall + 1000 };
    await vault.call("secret/set", { name: "a", value: "v", metadata });
    vault.clock.pass(999);
    expect(await vault.value("a")).toBe("v");
    vault.clock.pass(1);
    expect(await codeOf(vault.value("a"))).toBe("NOT_FOUND");
    expect(await codeOf(vault.call("secret/get", { name: "a", version: 1 }))).toBe("NOT_FOUND");
    expect(await codeOf(vault.call("secret/delete", { name: "a" }))).toBe("NOT_FOUND");
    expect(await codeOf(vault.call("secret/restore", { name: "a", version: 1 }))).toBe("NOT_FOUND");
    expect((await vault.call("vault/read", { names: ["a"] })).secrets).toEqual([null]);
    await vault.set("b", "a commit at this time");
    vault.clock.wall -= 3_600_000;
    expect(await codeOf(vault.value("a"))).toBe("NOT_FOUND");
    expect(await codeOf(vault.reopened().value("a"))).toBe("NOT_FOUND");
    const create = { name: "a", value: "w", expect: { absent: true as const } };
    expect(await vault.call("secret/set", create)).toMatchObject({ version: 2 });
  });
});

describe("a batch", () => {
  it("is all or nothing, and its operations see each other in order", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const refused = vault.call("vault/batch", {
      operations: [
        { op: "set", name: "a", value: "2" },
        { op: "delete", name: "a" },
        { op: "set", name: "b", value: "2", expect: { version: 1 } },
      ],
    });
    await expect(refused).rejects.toMatchObject({ code: "CONFLICT", version: 0 });
    await expect(refused).rejects.toThrow(/operation 3 of 3/u);
    expect(await vault.value("a")).toBe("1");
    const done = await vault.call("vault/batch", {
      operations: [
        { op: "delete", name: "a" },
        { op: "set", name: "a", value: "2", expect: { absent: true } },
        { op: "check", name: "a", expect: { version: 3 } },
        { op: "restore", name: "a", version: 1 },
      ],
    });
    expect(done.revision).toBe(2);
    expect(await vault.value("a")).toBe("1");
    expect(await versions(vault, "a")).toEqual([4, 3, 2, 1]);
  });

  it("that is refused leaves nothing for those who share its frame", async () => {
    const vault = new TestVault();
    const operations = [
      { op: "set", name: "a", value: "no" },
      { op: "delete", name: "none" },
    ] as const;
    const [refused, set] = await Promise.all([
      codeOf(vault.call("vault/batch", { operations })),
      vault.call("secret/set", { name: "a", value: "yes", expect: { absent: true } }),
      vault.set("b", "b"),
    ]);
    expect(refused).toBe("NOT_FOUND");
    expect(set).toMatchObject({ version: 1, revision: 1 });
    const again = vault.reopened();
    expect(await again.value("a")).toBe("yes");
    expect(again.state.counters).toEqual(vault.state.counters);
  });

  it("clears exactly the live names with a prefix", async () => {
    const vault = new TestVault();
    for (const name of ["a/1", "a/2", "a", "b/1"]) await vault.set(name, "v");
    await vault.call("secret/delete", { name: "a/2" });
    const clear = { operations: [{ op: "clear" as const, prefix: "a/" }] };
    expect((await vault.call("vault/batch", clear)).results).toEqual([{ op: "clear", cleared: 1 }]);
    const { secrets } = await vault.reopened().call("secret/list", {});
    expect(secrets.map(({ name }) => name)).toEqual(["a", "b/1"]);
    const all = { operations: [{ op: "clear" as const, prefix: "" }] };
    expect(await codeOf(vault.call("vault/batch", all))).toBe("INVALID");
  });

  it("without a change takes no revision, unless it must be remembered", async () => {
    const vault = new TestVault();
    const operations = [{ op: "check", name: "a", expect: { absent: true } }] as const;
    expect(await vault.call("vault/batch", { operations })).toMatchObject({ revision: 0 });
    expect(vault.log.frames).toHaveLength(0);
    const asked = { operations, requestId: "r" };
    expect(await vault.call("vault/batch", asked)).toMatchObject({ revision: 1 });
    await vault.set("a", "1");
    expect(await vault.call("vault/batch", asked)).toMatchObject({ revision: 1 });
  });
});

describe("a full vault", () => {
  it("refuses what would grow it with TOO_LARGE, and takes what does not", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    vault.state.counters.live = LIMITS.secrets;
    expect(await codeOf(vault.set("b", "1"))).toBe("TOO_LARGE");
    expect(await codeOf(vault.set("a", "2"))).toBe("resolved");
    vault.state.counters.live = 1;
    vault.state.counters.weight = LIMITS.vaultBytes;
    expect(await codeOf(vault.set("a", "3"))).toBe("TOO_LARGE");
    expect(await codeOf(vault.call("secret/restore", { name: "a", version: 1 }))).toBe("TOO_LARGE");
    expect(await vault.value("a")).toBe("2");
    expect(await codeOf(vault.call("secret/delete", { name: "a" }))).toBe("resolved");
    expect(await codeOf(vault.call("secret/purge", { name: "a" }))).toBe("resolved");
    expect(vault.state.counters.weight).toBeLessThan(LIMITS.vaultBytes);
  });

  it("restores at most 4 MiB in one request, and nothing of a larger one", async () => {
    const vault = new TestVault();
    const value = "v".repeat(LIMITS.valueBytes);
    await vault.set("a", value);
    const operations = Array.from({ length: 5 }, (_, index) => {
      return { op: "restore" as const, name: "a", version: index + 1 };
    });
    expect(await codeOf(vault.call("vault/batch", { operations }))).toBe("TOO_LARGE");
    expect(await versions(vault, "a")).toEqual([1]);
    const fewer = { operations: operations.slice(0, 4) };
    expect(await codeOf(vault.call("vault/batch", fewer))).toBe("resolved");
    expect(await versions(vault.reopened(), "a")).toEqual([5, 4, 3, 2, 1]);
  });

  it("judges a name where it is created, and nowhere else", async () => {
    const vault = new TestVault();
    for (const name of ["", "a//b", "../x", "a*", "tab\t", "x".repeat(256)]) {
      expect(await codeOf(vault.set(name, "v")), name).toBe("INVALID");
      expect(await codeOf(vault.value(name)), name).toBe("NOT_FOUND");
    }
    for (const name of ["__proto__", "token:default:me@example.com", "constructor"]) {
      await vault.set(name, name);
      expect(await vault.value(name)).toBe(name);
    }
  });

  it("never answers more than one reply holds", async () => {
    const vault = new TestVault();
    const names = Array.from({ length: 9 }, (_, index) => `n${index}`);
    for (const name of names) await vault.set(name, "x".repeat(1_048_576));
    expect(await codeOf(vault.call("vault/read", { names }))).toBe("TOO_LARGE");
    const seven = await vault.call("vault/read", { names: names.slice(0, 7) });
    expect(Buffer.byteLength(JSON.stringify(seven))).toBeLessThan(LIMITS.replyBytes);
  });
});

it("no refusal holds a value", async () => {
  const vault = new TestVault();
  const canary = "canary-4711";
  await vault.set("a", canary);
  const refusals = await Promise.all(
    [
      vault.call("secret/set", { name: "a", value: canary, expect: { absent: true } }),
      vault.call("secret/set", { name: "a", value: canary, expect: { version: 9 } }),
      vault.call("secret/set", { name: "a*", value: canary }),
      vault.call("secret/purge", { name: "a", versions: [1] }),
    ].map((call) =>
      call.then(
        () => "resolved",
        (error: Error) => `${error} ${error.stack}`,
      ),
    ),
  );
  for (const text of refusals) {
    expect(text).not.toBe("resolved");
    expect(text).not.toContain(canary);
  }
});
