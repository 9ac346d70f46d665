import { setTimeout as sleep } from "node:timers/promises";
import { Phase } from "@strongroom/daemon/src/turn/phase.ts";
import { systemTimers } from "@strongroom/daemon/src/turn/timers.ts";
import { systemClock } from "@strongroom/daemon/src/vault/clock.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { TestVault } from "../../support/vault.ts";

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A phase with its timers by hand: `moments` are those that it waits for, in milliseconds. */
function handled(processors = 2): {
  phase: Phase;
  moments: number[];
  ring: () => void;
  time: { ms: number; turns: number };
} {
  const time = { ms: 0, turns: 0 };
  const moments: number[] = [];
  const rings: (() => void)[] = [];
  const after = (ms: number, callback: () => void): (() => void) => {
    moments.push(ms);
    rings.push(callback);
    return () => void rings.splice(rings.indexOf(callback), 1);
  };
  // A turn of the loop takes a hundredth of a millisecond.
  const next = (callback: () => void): void => {
    time.ms += 0.01;
    time.turns += 1;
    systemTimers.soon(callback);
  };
  const clock = { ...systemClock, monotonic: () => time.ms };
  const phase = new Phase({ ...systemTimers, after, soon: next }, clock, processors);
  return { phase, moments, ring: () => rings.at(-1)?.(), time };
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await soon();
  return settled;
}

afterEach(() => vi.restoreAllMocks());

describe("writers on a slow disk", () => {
  it("share their frames, although they began out of phase", async () => {
    const vault = new TestVault();
    vault.clock.monotonic = systemClock.monotonic;
    vault.log.latencyMs = 30;
    const writer = async (name: string): Promise<void> => {
      for (let n = 0; n < 8; n += 1) {
        await vault.set(name, String(n));
        // What passes until a reply has brought the next request.
        for (let turn = 0; turn < 3; turn += 1) await soon();
      }
    };
    const one = writer("one");
    await sleep(15);
    await Promise.all([one, writer("other")]);
    // Out of phase it would be sixteen; the first and the last have one of them alone.
    expect(vault.log.frames.length).toBeLessThan(13);
  });

  it("are waited for once, and not by each who is refused after a burst", async () => {
    const vault = new TestVault();
    vault.clock.monotonic = systemClock.monotonic;
    vault.log.latencyMs = 30;
    await Promise.all(Array.from({ length: 8 }, (_, n) => vault.set(`n${n}`, "v")));
    for (let n = 0; n < 20; n += 1) {
      const refused = vault.call("secret/set", { name: "n0", value: "", expect: { version: 9 } });
      await expect(refused).rejects.toMatchObject({ code: "CONFLICT" });
    }
    expect(vault.moments).toHaveLength(1);
  });

  it("are let go by the last who comes, and need no timer for it", async () => {
    vi.spyOn(systemTimers, "after").mockReturnValue(() => undefined);
    const vault = new TestVault();
    vault.clock.monotonic = systemClock.monotonic;
    vault.log.latencyMs = 30;
    await Promise.all([vault.set("a", "1"), vault.set("b", "1")]);
    const one = vault.set("a", "2");
    while (vault.moments.length === 0) await soon();
    await Promise.all([one, vault.set("b", "2")]);
    expect(vault.log.frames).toHaveLength(2);
  });

  it("are waited for until as many are there as had a part in the last frame", async () => {
    const { phase, ring } = handled();
    phase.ended(3, 50);
    const met = phase.met(1);
    phase.came(2);
    expect(await isSettled(met)).toBe(false);
    phase.came(3);
    expect(await isSettled(met)).toBe(true);
    const alone = phase.met(1);
    expect(await isSettled(alone)).toBe(false);
    ring();
    expect(await isSettled(alone)).toBe(true);
  });

  it("are waited for a twenty-fifth of a frame, and never for more than 2 ms", () => {
    const { phase, moments } = handled();
    for (const ms of [25, 50, 10_000]) {
      phase.ended(2, ms);
      void phase.met(1);
    }
    expect(moments).toEqual([1, 2, 2]);
  });

  it("are not waited for when all of them are there", async () => {
    const { phase, moments } = handled();
    phase.ended(64, 50);
    await phase.met(64);
    expect(moments).toEqual([]);
  });
});

describe("writers on a fast disk", () => {
  it("are waited for without a timer, half a frame and never more than 0.3 ms", async () => {
    const { phase, moments, time } = handled();
    phase.ended(2, 0.2);
    await phase.met(1);
    expect(Math.abs(time.turns - 10)).toBeLessThanOrEqual(1);
    time.turns = 0;
    phase.ended(2, 4.9);
    await phase.met(1);
    expect(Math.abs(time.turns - 30)).toBeLessThanOrEqual(1);
    expect(moments).toEqual([]);
  });

  it("are waited for no longer than until all of them have come", async () => {
    const { phase, time } = handled();
    phase.ended(3, 4.9);
    const met = phase.met(1);
    phase.came(2);
    await soon();
    phase.came(3);
    await met;
    expect(time.turns).toBeLessThan(5);
    await phase.met(3);
    expect(time.turns).toBeLessThan(5);
  });

  it("are not waited for where there is one processor", async () => {
    const { phase, time } = handled(1);
    phase.ended(2, 0.2);
    await phase.met(1);
    expect(time.turns).toBe(0);
  });
});
