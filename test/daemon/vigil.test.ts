import { Vigil } from "@strongroom/daemon/src/vigil.ts";
import { describe, expect, it } from "vitest";
import { HandWatchman } from "../support/watchman.ts";

describe("a vigil", () => {
  it("lasts until what was waited for has come", () => {
    const watchman = new HandWatchman();
    const vigil = new Vigil(watchman);
    vigil.keep(1);
    expect(watchman.turns(100)).toBe(100);
    vigil.end();
    expect(watchman.turns(100)).toBe(1);
    vigil.keep(1);
    expect(watchman.turns(100)).toBe(100);
  });

  it("lasts no longer than it was asked for last", () => {
    const watchman = new HandWatchman();
    const vigil = new Vigil(watchman);
    vigil.keep(1);
    watchman.time = 0.5;
    vigil.keep(1);
    watchman.time = 1.4;
    expect(watchman.turns(100)).toBe(100);
    watchman.time = 1.5;
    expect(watchman.turns(100)).toBe(1);
  });

  it("is not kept where there is one processor", () => {
    const watchman = new HandWatchman(1);
    new Vigil(watchman).keep(1);
    expect(watchman.turns(100)).toBe(0);
  });
});
