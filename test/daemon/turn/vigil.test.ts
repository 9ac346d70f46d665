import { systemTimers } from "@strongroom/daemon/src/turn/timers.ts";
import { Vigil } from "@strongroom/daemon/src/turn/vigil.ts";
import { systemClock } from "@strongroom/daemon/src/vault/clock.ts";
import { describe, expect, it } from "vitest";

/** A vigil by hand: `turns` lets so many turns of the loop pass, and says in how many it stayed. */
function handled(processors = 2): {
  vigil: Vigil;
  pass: (ms: number) => void;
  turns: (most: number) => number;
} {
  let now = 0;
  let next: (() => void) | undefined;
  const clock = { ...systemClock, monotonic: () => now };
  const timers = { ...systemTimers, soon: (callback: () => void) => void (next = callback) };
  const turns = (most: number): number => {
    for (let turn = 0; turn < most; turn += 1) {
      const callback = next;
      if (callback === undefined) return turn;
      next = undefined;
      callback();
    }
    return most;
  };
  const pass = (ms: number): void => void (now += ms);
  return { vigil: new Vigil(timers, clock, processors), pass, turns };
}

describe("the event loop", () => {
  it("stays awake while one change is on its way to a fast disk, and no longer", () => {
    const { vigil, turns } = handled();
    vigil.ended(0.1);
    vigil.began(1);
    expect(turns(100)).toBe(100);
    vigil.ended(0.1);
    expect(turns(100)).toBe(1);
  });

  it("sleeps after half a millisecond, whatever the disk does", () => {
    const { vigil, pass, turns } = handled();
    vigil.ended(0.1);
    vigil.began(1);
    pass(0.4);
    expect(turns(100)).toBe(100);
    pass(0.2);
    expect(turns(100)).toBe(1);
  });

  it.each([
    ["of a disk nothing is known yet", undefined, 1, 2],
    ["the last frame took longer", 0.6, 1, 2],
    ["several changes share the frame", 0.1, 2, 2],
    ["there is one processor", 0.1, 1, 1],
  ])("sleeps where %s", (_why, last, mutations, processors) => {
    const { vigil, turns } = handled(processors);
    if (last !== undefined) vigil.ended(last);
    vigil.began(mutations);
    expect(turns(100)).toBe(0);
  });
});
