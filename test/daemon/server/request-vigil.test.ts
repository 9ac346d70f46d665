import { RequestVigil } from "@strongroom/daemon/src/server/request-vigil.ts";
import { Vigil } from "@strongroom/daemon/src/vigil.ts";
import { describe, expect, it } from "vitest";
import { HandWatchman } from "../../support/watchman.ts";

/** A vigil of requests, and a request that comes so long after the last reply. */
function handled(): { watchman: HandWatchman; request: (afterMs: number) => void } {
  const watchman = new HandWatchman();
  const vigil = new RequestVigil(new Vigil(watchman), () => watchman.now());
  const request = (afterMs: number): void => {
    watchman.time += afterMs;
    vigil.came();
    watchman.time += 1;
    vigil.answered();
  };
  return { watchman, request };
}

describe("the next request", () => {
  it("is waited for awake when the last one came at once", () => {
    const { watchman, request } = handled();
    request(0);
    request(0.1);
    expect(watchman.turns(100)).toBe(100);
    watchman.time += 0.1;
    expect(watchman.turns(100)).toBe(1);
  });

  it("is waited for asleep after the first one, and after one that took its time", () => {
    const { watchman, request } = handled();
    request(0);
    expect(watchman.turns(100)).toBe(0);
    request(0.2);
    expect(watchman.turns(100)).toBe(0);
    request(0.1);
    expect(watchman.turns(100)).toBe(100);
  });
});
