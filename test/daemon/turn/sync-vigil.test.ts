import { SyncVigil } from "@strongroom/daemon/src/turn/sync-vigil.ts";
import { Vigil } from "@strongroom/daemon/src/vigil.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { TestVault } from "../../support/vault.ts";
import { HandWatchman } from "../../support/watchman.ts";

afterEach(() => vi.restoreAllMocks());

describe("a frame on its way", () => {
  it.each([0.1, 0.5])(
    "is waited for awake when it has one change and the last took %s milliseconds",
    (lastMs) => {
      const watchman = new HandWatchman();
      const vigil = new SyncVigil(new Vigil(watchman));
      vigil.ended(lastMs);
      vigil.began(1);
      expect(watchman.turns(100)).toBe(100);
      vigil.ended(lastMs);
      expect(watchman.turns(100)).toBe(1);
    },
  );

  it.each([
    ["nothing is known of the disk", undefined, 1],
    ["the last frame took longer than half a millisecond", 0.6, 1],
    ["several changes share it", 0.1, 2],
  ])("is waited for asleep when %s", (_why, lastMs, changes) => {
    const watchman = new HandWatchman();
    const vigil = new SyncVigil(new Vigil(watchman));
    if (lastMs !== undefined) vigil.ended(lastMs);
    vigil.began(changes);
    expect(watchman.turns(100)).toBe(0);
  });

  it("is waited for asleep after half a millisecond, whatever the disk does", () => {
    const watchman = new HandWatchman();
    const vigil = new SyncVigil(new Vigil(watchman));
    vigil.ended(0.1);
    vigil.began(1);
    watchman.time = 0.5;
    expect(watchman.turns(100)).toBe(1);
  });

  it("is waited for awake from the second on, one by one, where the first was fast", async () => {
    const keep = vi.spyOn(Vigil.prototype, "keep");
    const end = vi.spyOn(Vigil.prototype, "end");
    const vault = new TestVault();
    await vault.set("a", "1");
    expect([keep, end].map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
    await vault.set("a", "2");
    expect([keep, end].map(({ mock }) => mock.calls.length)).toEqual([1, 2]);
    await Promise.all([vault.set("a", "3"), vault.set("b", "3")]);
    expect([keep, end].map(({ mock }) => mock.calls.length)).toEqual([1, 3]);
  });
});
