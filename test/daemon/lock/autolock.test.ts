import { Autolock } from "@strongroom/daemon/src/lock/autolock.ts";
import { describe, expect, it } from "vitest";
import { HandClocks } from "../../support/hand-clocks.ts";

const YEAR_MS = 365 * 24 * 3_600_000;

function begun(policy: Parameters<Autolock["begin"]>[0]): { clocks: HandClocks; lock: Autolock } {
  const clocks = new HandClocks();
  const lock = new Autolock(clocks);
  lock.begin(policy);
  return { clocks, lock };
}

describe("a vault that locks itself", () => {
  it("never does when its owner chose nothing", () => {
    const { clocks, lock } = begun({});
    clocks.pass(YEAR_MS);
    clocks.sleep(YEAR_MS);
    expect(lock.due(true)).toBeUndefined();
  });

  it("does after a time without a use, and each use begins it anew", () => {
    const { clocks, lock } = begun({ idleMs: 10_000 });
    for (let n = 0; n < 5; n += 1) {
      clocks.pass(9999);
      expect(lock.due(true)).toBeUndefined();
    }
    clocks.pass(9999);
    expect(lock.due(false)).toBeUndefined();
    clocks.pass(1);
    expect(lock.due(true)).toBe("idle");
  });

  it("does so many milliseconds after it was opened, used or not", () => {
    const { clocks, lock } = begun({ openMs: 10_000 });
    for (let n = 0; n < 9; n += 1) {
      clocks.pass(1000);
      expect(lock.due(true)).toBeUndefined();
    }
    clocks.pass(1000);
    expect(lock.due(true)).toBe("time");
  });

  it("counts the time in which the machine slept, though the running clock stood still", () => {
    for (const [policy, why] of [
      [{ idleMs: 10_000 }, "idle"],
      [{ openMs: 10_000 }, "time"],
    ] as const) {
      const { clocks, lock } = begun(policy);
      clocks.sleep(10_000);
      expect(lock.due(true)).toBe(why);
    }
  });

  it("gives nothing back when the wall clock is set back a year, and locks when it goes ahead", () => {
    const { clocks, lock } = begun({ idleMs: 10_000 });
    clocks.time.wall -= YEAR_MS;
    clocks.pass(10_000);
    expect(lock.due(true)).toBe("idle");
    const other = begun({ idleMs: 10_000 });
    other.clocks.time.wall += YEAR_MS;
    expect(other.lock.due(true)).toBe("idle");
  });

  it("does after a sleep when its owner said so, and not because of a slow loop", () => {
    const { clocks, lock } = begun({ onSuspend: true });
    clocks.pass(3_600_000);
    expect(lock.due(true)).toBeUndefined();
    clocks.sleep(3000);
    expect(lock.due(true)).toBe("suspended");
    const napping = begun({ onSuspend: true });
    napping.clocks.sleep(2000);
    expect(napping.lock.due(true)).toBeUndefined();
  });
});
