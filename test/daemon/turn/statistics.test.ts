import { Statistics } from "@strongroom/daemon/src/turn/statistics.ts";
import { describe, expect, it } from "vitest";

describe("the figures of the turn", () => {
  it("are null where nothing was measured yet", () => {
    expect(new Statistics().figures()).toEqual({
      batches: 0,
      batchSizeP50: null,
      batchSizeMax: null,
      fsyncP50Ms: null,
      fsyncP99Ms: null,
      refusals: {},
    });
  });

  it("are the middle, the largest and the slowest hundredth of the frames", () => {
    const statistics = new Statistics();
    for (let n = 200; n >= 1; n -= 1) statistics.appended(n, n / 10);
    expect(statistics.figures()).toMatchObject({
      batches: 200,
      batchSizeP50: 101,
      batchSizeMax: 200,
      fsyncP50Ms: 10.1,
      fsyncP99Ms: 19.9,
    });
  });

  it("are those of the last 1024 frames, but for the largest", () => {
    const statistics = new Statistics();
    statistics.appended(9, 90);
    for (let n = 0; n < 1024; n += 1) statistics.appended(1, 2);
    expect(statistics.figures()).toMatchObject({
      batches: 1025,
      batchSizeP50: 1,
      batchSizeMax: 9,
      fsyncP99Ms: 2,
    });
  });

  it("count each code that was answered", () => {
    const statistics = new Statistics();
    for (const code of ["CONFLICT", "BUSY", "CONFLICT"] as const) statistics.refused(code);
    expect(statistics.figures().refusals).toEqual({ CONFLICT: 2, BUSY: 1 });
  });
});

describe("who is told to come again", () => {
  it("is told when those who wait may be done, as fast as the last frame was", () => {
    const statistics = new Statistics();
    statistics.appended(1, 100);
    expect(statistics.retryAfterMs(9, 10)).toBe(100);
    expect(statistics.retryAfterMs(10, 10)).toBe(200);
    expect(statistics.retryAfterMs(29, 10)).toBe(300);
  });

  it("is told at least 50 ms and at most 5 s", () => {
    const statistics = new Statistics();
    expect(statistics.retryAfterMs(0, 10)).toBe(50);
    // A frame takes a millisecond as long as none was measured.
    expect(statistics.retryAfterMs(999, 10)).toBe(100);
    statistics.appended(1, 1000);
    expect(statistics.retryAfterMs(99, 10)).toBe(5000);
  });
});
