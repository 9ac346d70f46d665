import { Keeper } from "@strongroom/daemon/src/lock/keeper.ts";
import { Marker } from "@strongroom/daemon/src/lock/marker.ts";
import { describe, expect, it } from "vitest";
import { HandClocks } from "../../support/hand-clocks.ts";
import { HOME } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

function kept(disk = new SimulatedDisk()): {
  clocks: HandClocks;
  disk: SimulatedDisk;
  keeper: Keeper;
} {
  const clocks = new HandClocks();
  return { clocks, disk, keeper: new Keeper(disk, HOME.state, clocks) };
}

describe("the keeper of the lock", () => {
  it("refuses nothing while a vault is open in time", async () => {
    const { clocks, keeper } = kept();
    await keeper.opened();
    await keeper.choose({ idleMs: 1000 });
    clocks.pass(999);
    expect([keeper.judge(true), keeper.refusal]).toEqual([undefined, undefined]);
  });

  it("refuses everything from the request on that comes too late, before any marker is there", async () => {
    const { clocks, disk, keeper } = kept();
    await keeper.opened();
    await keeper.choose({ idleMs: 1000 });
    clocks.pass(1000);
    expect(keeper.judge(true)).toBe("idle");
    expect(keeper.refusal).toMatchObject({ code: "LOCKED", hint: "strongroom unlock" });
    expect(await new Marker(disk, HOME.state).read()).toBeUndefined();
    await keeper.lock("idle");
    expect(await new Marker(disk, HOME.state).read()).toBe("idle");
  });

  it("asks for the lock once, and again only when its marker could not be left", async () => {
    const { clocks, disk, keeper } = kept();
    await keeper.opened();
    await keeper.choose({ openMs: 1000 });
    clocks.pass(1000);
    disk.trouble = "full";
    expect(keeper.judge(true)).toBe("time");
    const locking = keeper.lock("time");
    expect(keeper.judge(true)).toBeUndefined();
    await expect(locking).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(keeper.refusal).toMatchObject({ code: "LOCKED" });
    disk.trouble = "none";
    expect(keeper.judge(true)).toBe("time");
    await keeper.lock("time");
    expect(keeper.judge(true)).toBeUndefined();
  });

  it("lets nobody open a vault that a process before this one locked", async () => {
    const { disk, keeper } = kept();
    await keeper.lock("asked");
    const next = kept(disk.reboot()).keeper;
    await expect(next.checkUnlocked()).rejects.toMatchObject({ code: "LOCKED" });
    await next.opened();
    expect(next.refusal).toBeUndefined();
    await expect(next.checkUnlocked()).resolves.toBeUndefined();
  });

  it("keeps what its owner chose for the processes that follow", async () => {
    const { disk, keeper } = kept();
    await keeper.choose({ idleMs: 1000, onSuspend: true });
    const next = kept(disk.reboot({ kind: "drop" }));
    await next.keeper.opened();
    expect(next.keeper.policy).toEqual({ idleMs: 1000, onSuspend: true });
    next.clocks.pass(1000);
    expect(next.keeper.judge(true)).toBe("idle");
  });

  it("does not lock a vault for a choice that is damaged", async () => {
    const { disk, keeper } = kept();
    disk.world.poke(`${HOME.state}/autolock.json`, Buffer.from('{"idleMs":'));
    await keeper.opened();
    expect(keeper.policy).toEqual({});
  });
});
