import { Patience } from "@strongroom/daemon/src/server/patience.ts";
import { expect, test } from "vitest";

test("is spent after at least its time without progress, and not while there is some", () => {
  let progress: number | undefined = 0;
  const patience = new Patience([{ name: "slow", ms: 1000, progress: () => progress }]);
  const ticks = (count: number): string | undefined => {
    for (let n = 0; n < count; n += 1) patience.tick();
    return patience.spent();
  };
  expect(ticks(4)).toBeUndefined();
  expect(ticks(1)).toBe("slow");
  progress = 1;
  expect(patience.spent()).toBeUndefined();
  expect(ticks(4)).toBeUndefined();
  progress = undefined;
  expect(ticks(50)).toBeUndefined();
  progress = 1;
  expect(ticks(4)).toBeUndefined();
  expect(ticks(1)).toBe("slow");
});
