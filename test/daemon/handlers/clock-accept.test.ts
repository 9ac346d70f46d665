import { SteadyTime } from "@strongroom/daemon/src/authority/steady-time.ts";
import { describe, expect, it } from "vitest";
import { MemoryLog } from "../../support/memory-log.ts";
import { codeOf, TestClock, TestVault } from "../../support/vault.ts";

const YEAR_MS = 365 * 24 * 3_600_000;

/** The clock that a daemon gives its vault: of a wall clock that a test sets. */
class SteadyClock extends TestClock {
  readonly steady: SteadyTime = new SteadyTime({
    wall: () => this.wall,
    running: () => this.running,
    booted: () => this.running,
  });
  override now(): number {
    return this.steady.now();
  }
}

describe("a clock that was wrong", () => {
  it("by a year ahead when a change was made ends nothing for good, once it is accepted", async () => {
    const vault = new TestVault();
    const { wall } = vault.clock;
    await vault.call("secret/set", {
      name: "a",
      value: "v",
      metadata: { expiresAt: wall + YEAR_MS / 2 },
    });
    vault.clock.wall = wall + YEAR_MS;
    await vault.set("b", "v");
    vault.clock.wall = wall + 1000;
    expect(await codeOf(vault.value("a"))).toBe("NOT_FOUND");
    const { before, time } = await vault.call("clock/accept", {});
    expect([before, time]).toEqual([wall + YEAR_MS, wall + 1000]);
    expect(await vault.value("a")).toBe("v");
    const again = vault.reopened();
    expect(await again.value("a")).toBe("v");
    expect(again.state.counters.maxTime).toBe(wall + 1000);
  });

  it("revives no key that was revoked meanwhile", async () => {
    const vault = new TestVault();
    const { wall } = vault.clock;
    await vault.set("a", "v");
    const terms = { allow: ["get:**"], noExpiry: true } as const;
    const { id: key } = await vault.call("key/create", { name: "k", ...terms });
    const { id: other } = await vault.call("key/create", { name: "other", ...terms });
    const overlapMs = 10_000;
    vault.clock.wall = wall + YEAR_MS;
    await vault.call("key/revoke", { key: "k" });
    await vault.call("key/rotate", { key: "other", overlapMs });
    vault.clock.wall = wall;
    await vault.call("clock/accept", {});
    const read = (id: string): Promise<string> =>
      codeOf(vault.call("secret/get", { name: "a" }, { key: id }));
    expect(await read(key)).toBe("DENIED");
    expect(await read(other)).toBe("resolved");
    const again = vault.reopened();
    expect(await codeOf(again.call("secret/get", { name: "a" }, { key }))).toBe("DENIED");
  });

  it("for one reading ends and revives nothing, whatever is done at that reading", async () => {
    const vault = new TestVault(new MemoryLog(), new SteadyClock());
    const { wall } = vault.clock;
    const expiresAt = wall + YEAR_MS;
    await vault.call("secret/set", { name: "a", value: "v", metadata: { expiresAt } });
    const terms = { name: "k", allow: ["get,set:**"], expiresAt } as const;
    const { id: key } = await vault.call("key/create", terms);
    vault.clock.wall = Date.UTC(2038, 0, 19);
    expect((await vault.call("secret/get", { name: "a" }, { key })).value).toBe("v");
    await vault.call("secret/set", { name: "b", value: "v" }, { key });
    expect(vault.state.counters.maxTime).toBe(wall);
    vault.clock.wall = wall - YEAR_MS;
    await vault.set("c", "v");
    expect(vault.state.counters.maxTime).toBe(wall);
    expect((await vault.call("secret/get", { name: "a" }, { key })).value).toBe("v");
    expect(await vault.value("b")).toBe("v");
  });

  it("is set back: what was refused as expired is so after a restart, too", async () => {
    const vault = new TestVault();
    const { wall } = vault.clock;
    await vault.set("a", "v");
    const terms = { name: "k", allow: ["get:**"], expiresAt: wall + 1000 } as const;
    const { id: key } = await vault.call("key/create", terms);
    vault.clock.wall = wall + 2000;
    expect(await codeOf(vault.call("secret/get", { name: "a" }, { key }))).toBe("DENIED");
    // What the audit records of it a second later.
    const who = { actor: `key:${key}` };
    const what = { operation: "get", name: "a", reason: "DENIED", count: 1 } as const;
    await vault.engine.record([{ ...what, who, time: vault.clock.wall }]);
    vault.clock.wall = wall;
    const again = vault.reopened();
    expect(await codeOf(again.call("secret/get", { name: "a" }, { key }))).toBe("DENIED");
  });

  it("stays accepted, whatever was asked for with it or happened before", async () => {
    const clock = new SteadyClock();
    const vault = new TestVault(new MemoryLog(), clock);
    const { wall } = clock;
    // The gate of a test has a clock of its own: the daemon's is this one.
    const time = vault.gate.time;
    clock.wall = wall + YEAR_MS;
    clock.steady.accept();
    time.accept = () => clock.steady.accept();
    time.wall = () => clock.wall;
    await vault.set("a", "v");
    clock.wall = wall;
    const accepted = vault.call("clock/accept", {});
    await Promise.all([accepted, vault.set("b", "v"), vault.set("c", "v")]);
    expect(vault.state.counters.maxTime).toBe(wall);
    // What the audit noted within the second before.
    const who = { actor: "owner" };
    const what = { operation: "get", name: "a", reason: undefined, count: 1 } as const;
    await vault.engine.record([{ ...what, who, time: wall + YEAR_MS }]);
    expect(vault.state.counters.maxTime).toBe(wall);
    expect(vault.reopened().state.counters.maxTime).toBe(wall);
  });
});
