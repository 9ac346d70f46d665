import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

async function named(...names: readonly string[]): Promise<TestVault> {
  const vault = new TestVault();
  await Promise.all(names.map((name) => vault.set(name, "v")));
  return vault;
}

async function listed(vault: TestVault, params: object): Promise<readonly string[]> {
  return (await vault.call("secret/list", params)).secrets.map(({ name }) => name);
}

describe("a list", () => {
  it("is in the order of the bytes and shows no value", async () => {
    const vault = await named("b", "\uff5e", "😀", "a/c", "a", "B");
    expect(await listed(vault, {})).toEqual(["B", "a", "a/c", "b", "\uff5e", "😀"]);
    expect((await vault.call("secret/list", { limit: 1 })).secrets).toEqual([
      { name: "B", version: 1, updatedAt: vault.clock.wall, metadata: {} },
    ]);
  });

  it("takes a pattern, a tag, both", async () => {
    const vault = await named("a/one", "a/b/two", "ab", "b");
    await vault.call("secret/set", { name: "a/three", value: "v", metadata: { tags: ["x", "y"] } });
    expect(await listed(vault, { pattern: "a/*" })).toEqual(["a/one", "a/three"]);
    expect(await listed(vault, { pattern: "a**" })).toEqual(["a/b/two", "a/one", "a/three", "ab"]);
    expect(await listed(vault, { pattern: "*b" })).toEqual(["ab", "b"]);
    expect(await listed(vault, { tag: "y" })).toEqual(["a/three"]);
    expect(await listed(vault, { pattern: "b*", tag: "y" })).toEqual([]);
  });

  it("goes on after its cursor, whatever changes meanwhile", async () => {
    const vault = await named("a", "b", "c", "d");
    const first = await vault.call("secret/list", { limit: 2 });
    expect(first.secrets.map(({ name }) => name)).toEqual(["a", "b"]);
    await vault.call("secret/purge", { name: "b" });
    await vault.set("aa", "v");
    await vault.set("bb", "v");
    const { cursor = "" } = first;
    expect(await listed(vault, { cursor })).toEqual(["bb", "c", "d"]);
    expect(await listed(vault, { cursor, pattern: "c*" })).toEqual(["c"]);
    expect(await listed(vault, { cursor, pattern: "a*" })).toEqual([]);
    expect((await vault.call("secret/list", { limit: 5 })).cursor).toBeUndefined();
    expect(await codeOf(vault.call("secret/list", { cursor: "made up" }))).toBe("INVALID");
  });

  it("shows deleted and expired names only when all are asked for, flagged", async () => {
    const vault = await named("a", "b");
    const metadata = { expiresAt: vault.clock.wall + 10 };
    await vault.call("secret/set", { name: "c", value: "v", metadata });
    await vault.call("secret/delete", { name: "a" });
    expect(await listed(vault, {})).toEqual(["b", "c"]);
    vault.clock.pass(10);
    expect(await listed(vault, {})).toEqual(["b"]);
    const all = await vault.call("secret/list", { all: true });
    expect(all.secrets).toMatchObject([
      { name: "a", version: 2, deleted: true },
      { name: "b", version: 1 },
      { name: "c", version: 1, expired: true },
    ]);
  });

  it("ends a page at 1 MiB", async () => {
    const vault = new TestVault();
    const metadata = { note: "n".repeat(16_000) };
    const names = Array.from({ length: 200 }, (_, index) => `n${String(index).padStart(3, "0")}`);
    await Promise.all(names.map((name) => vault.call("secret/set", { name, value: "", metadata })));
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await vault.call("secret/list", cursor === undefined ? {} : { cursor });
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(1_048_576);
      seen.push(...page.secrets.map(({ name }) => name));
      ({ cursor } = page);
      pages++;
    } while (cursor !== undefined);
    expect(seen).toEqual(names);
    expect(pages).toBe(4);
  });
});
