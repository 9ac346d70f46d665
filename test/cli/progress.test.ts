import { whileWorking } from "strongroom/src/progress.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

describe("work whose size is not known", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is said to go on every few seconds, until it is over", async () => {
    const said: string[] = [];
    let finish = (_result: string): void => undefined;
    const work = new Promise<string>((resolve) => (finish = resolve));
    const done = whileWorking("working", work, { say: (line) => said.push(line) });
    await vi.advanceTimersByTimeAsync(900);
    expect(said).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_300);
    expect(said).toEqual([1, 6, 11].map((s) => `strongroom: working, for ${s} s so far`));
    finish("result");
    expect(await done).toBe("result");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that fails is not said to go on any more", async () => {
    const failed = whileWorking("working", Promise.reject(new Error("why")), { say: "nothing" });
    await expect(failed).rejects.toThrow("why");
    const other = whileWorking("working", Promise.reject(new Error("why")), {
      say: () => undefined,
    });
    await expect(other).rejects.toThrow("why");
    expect(vi.getTimerCount()).toBe(0);
  });
});
