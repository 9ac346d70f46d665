import { Line } from "@strongroom/daemon/src/lease/line.ts";
import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

async function held(vault: TestVault, name = "job"): Promise<{ name: string; token: number }> {
  const { token } = await vault.call("lease/acquire", { name, ttl: 1000 });
  return { name, token };
}

describe("a change that carries a lease", () => {
  it("is made while it holds, and refused when it does not", async () => {
    const vault = new TestVault();
    const lease = await held(vault);
    await vault.call("secret/set", { name: "a", value: "1", lease });
    await vault.call("vault/batch", { operations: [{ op: "delete", name: "a" }], lease });
    await vault.call("secret/restore", { name: "a", version: 1, lease });
    const strange = { name: "other", token: lease.token };
    for (const wrong of [strange, { ...lease, token: lease.token + 1 }]) {
      const set = vault.call("secret/set", { name: "a", value: "2", lease: wrong });
      expect(await codeOf(set)).toBe("CONFLICT");
    }
    vault.clock.pass(1000);
    const operations = [{ op: "set", name: "b", value: "2" }] as const;
    const late = [
      vault.call("secret/set", { name: "a", value: "2", lease }),
      vault.call("secret/delete", { name: "a", lease }),
      vault.call("secret/restore", { name: "a", version: 1, lease }),
      vault.call("secret/purge", { name: "a", lease }),
      vault.call("vault/batch", { operations, lease }),
    ];
    const codes = await Promise.all(late.map(codeOf));
    expect(codes).toEqual(late.map(() => "CONFLICT"));
    expect(await vault.value("a")).toBe("1");
  });

  it("is answered again by its request id though the lease has ended since", async () => {
    const vault = new TestVault();
    const lease = await held(vault);
    const params = { name: "a", value: "1", lease, requestId: "r", seen: 0 };
    const first = await vault.call("secret/set", params);
    vault.clock.pass(1000);
    expect(await vault.call("secret/set", params)).toEqual(first);
  });

  it("stands before the next holder begins, however slow the disk is", async () => {
    const vault = new TestVault();
    const lease = await held(vault);
    vault.log.hold();
    const set = vault.call("secret/set", { name: "a", value: "1", lease });
    await new Promise((resolve) => setTimeout(resolve, 20));
    vault.clock.pass(1000);
    const line = new Line();
    const next = vault.call("lease/acquire", { name: "job", ttl: 1000, wait: 60_000 }, { line });
    let isGranted = false;
    void next.then(() => (isGranted = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isGranted).toBe(false);
    vault.log.release();
    await set;
    expect((await next).token).toBeGreaterThan(lease.token);
    expect(await vault.value("a")).toBe("1");
  });
});

describe("a lease of an API key", () => {
  it("ends with the time of the key", async () => {
    const vault = new TestVault();
    const expiresAt = vault.clock.now() + 5000;
    const { id } = await vault.call("key/create", { name: "k", allow: ["lease:**"], expiresAt });
    const who = { key: id };
    const asked = { name: "job", ttl: 60_000 };
    expect(await vault.call("lease/acquire", asked, who)).toMatchObject({ ttl: 5000 });
    expect(await codeOf(held(vault))).toBe("CONFLICT");
    vault.clock.pass(5000);
    expect(await codeOf(held(vault))).toBe("resolved");
  });

  it("is none that a key may not ask about, nor is a change under it", async () => {
    const vault = new TestVault();
    const terms = { allow: ["set:**", "lease:jobs/**"], noExpiry: true } as const;
    const { id } = await vault.call("key/create", { name: "k", ...terms });
    const set = async (lease: { name: string; token: number }): Promise<string> =>
      codeOf(vault.call("secret/set", { name: "a", value: "1", lease }, { key: id }));
    const hidden = await held(vault, "hidden");
    expect(await set(hidden)).toBe("DENIED");
    expect(await set({ ...hidden, token: hidden.token + 1 })).toBe("DENIED");
    expect(await set(await held(vault, "jobs/a"))).toBe("resolved");
  });

  it("takes an action of its own, and is not given to who lost it while waiting", async () => {
    const vault = new TestVault();
    const terms = { allow: ["lease:jobs/**"], noExpiry: true } as const;
    const { id } = await vault.call("key/create", { name: "k", ...terms });
    const who = { key: id };
    const ask = (name: string, wait: number): Promise<unknown> =>
      vault.call("lease/acquire", { name, ttl: 1000, wait }, who);
    expect(await codeOf(ask("others/a", 0))).toBe("DENIED");
    expect(await codeOf(ask("jobs/a", 0))).toBe("resolved");
    const owners = await held(vault, "jobs/b");
    const waiting = codeOf(ask("jobs/b", 60_000));
    await vault.call("key/update", { key: id, allow: ["lease:jobs/a"] });
    await vault.call("lease/release", owners);
    expect(await waiting).toBe("DENIED");
    expect(await codeOf(held(vault, "jobs/b"))).toBe("resolved");
  });

  it("ends with the key, and who waits for one leaves the line at once and is told so", async () => {
    const vault = new TestVault();
    const terms = { allow: ["lease:jobs/**"], noExpiry: true } as const;
    const { id } = await vault.call("key/create", { name: "k", ...terms });
    const who = { key: id, line: new Line() };
    await vault.call("lease/acquire", { name: "jobs/a", ttl: 60_000 }, who);
    const owners = await held(vault, "jobs/b");
    const ask = { name: "jobs/b", ttl: 1000, wait: 60_000 };
    const waiting = codeOf(vault.call("lease/acquire", ask, who));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await vault.call("key/revoke", { key: id });
    who.line.retired.come();
    expect(await waiting).toBe("DENIED");
    expect(await codeOf(held(vault, "jobs/a"))).toBe("resolved");
    expect(await codeOf(vault.call("lease/release", owners))).toBe("resolved");
    expect(await codeOf(held(vault, "jobs/b"))).toBe("resolved");
  });
});

it("tokens grow from one process to the next though none is written down", async () => {
  const vault = new TestVault();
  const { token } = await held(vault);
  await vault.call("vault/compact", {});
  const later = await held(vault, "another");
  expect(later.token).toBeGreaterThan(token);
});
