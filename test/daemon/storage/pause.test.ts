import { pacer } from "@strongroom/daemon/src/storage/pause.ts";
import { expect, test } from "vitest";

test("work lets others run when it took longer than 8 ms, and not before", async () => {
  let now = 1_000_000;
  const pause = pacer(() => now);
  const othersRan = async (): Promise<boolean> => {
    let ran = false;
    setImmediate(() => (ran = true));
    await pause();
    return ran;
  };
  now += 7;
  expect(await othersRan()).toBe(false);
  now += 1;
  expect(await othersRan()).toBe(true);
  now += 7;
  expect(await othersRan()).toBe(false);
});
