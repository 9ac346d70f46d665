import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

const DAY = 86_400_000;

async function tick(vault: TestVault): Promise<void> {
  vault.tick();
  await vault.call("vault/verify", {});
}

async function aged(): Promise<TestVault> {
  const vault = new TestVault();
  await vault.set("kept", "1");
  await vault.set("kept", "2");
  await vault.set("gone", "1");
  await vault.call("secret/delete", { name: "gone" });
  const metadata = { expiresAt: vault.clock.wall + DAY };
  await vault.call("secret/set", { name: "expired", value: "1", metadata });
  return vault;
}

async function there(vault: TestVault): Promise<readonly string[]> {
  const { secrets } = await vault.call("secret/list", { all: true });
  return secrets.map(({ name }) => name);
}

describe("retention", () => {
  it("lets go what was replaced, deleted or expired 30 days ago, after a day of running", async () => {
    const vault = await aged();
    vault.clock.pass(31 * DAY);
    await tick(vault);
    expect(await there(vault)).toEqual(["expired", "gone", "kept"]);
    vault.clock.pass(DAY - 1);
    await tick(vault);
    expect(await there(vault)).toEqual(["expired", "gone", "kept"]);
    vault.clock.pass(1);
    await tick(vault);
    expect(await there(vault)).toEqual(["kept"]);
    const history = await vault.call("secret/history", { name: "kept" });
    expect(history.versions.map(({ version }) => version)).toEqual([2]);
    const again = vault.reopened();
    expect(await there(again)).toEqual(["kept"]);
    expect(await again.set("gone", "new")).toMatchObject({ version: 3 });
  });

  it("looks at every name of a large vault, a thousand at a time", async () => {
    const vault = new TestVault();
    const names = Array.from({ length: 2500 }, (_, index) => `n${index}`);
    await Promise.all(names.flatMap((name) => [vault.set(name, "1"), vault.set(name, "2")]));
    await tick(vault);
    vault.clock.pass(32 * DAY);
    await tick(vault);
    vault.clock.pass(DAY);
    await tick(vault);
    await vault.engine.drain();
    const again = vault.reopened();
    expect(again.state.counters).toEqual(vault.state.counters);
    expect(names.every((name) => again.state.get(name)?.history === undefined)).toBe(true);
  });

  it("does not believe one reading of the clock", async () => {
    const vault = await aged();
    await tick(vault);
    vault.clock.wall += 400 * DAY;
    await tick(vault);
    for (let hour = 0; hour < 23; hour++) {
      vault.clock.pass(DAY / 24);
      await tick(vault);
    }
    expect(await there(vault)).toEqual(["expired", "gone", "kept"]);
    vault.clock.wall -= 400 * DAY;
    for (let hour = 0; hour < 48; hour++) {
      vault.clock.pass(DAY / 24);
      await tick(vault);
    }
    expect(await there(vault)).toEqual(["expired", "gone", "kept"]);
    expect(await codeOf(vault.call("secret/get", { name: "kept", version: 1 }))).toBe("resolved");
  });
});
