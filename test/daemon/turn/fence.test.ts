import { StrongroomError } from "@strongroom/client/protocol";
import { expect, test } from "vitest";
import type { Log } from "@strongroom/daemon/src/storage/log.ts";
import { Fence } from "@strongroom/daemon/src/turn/fence.ts";
import { TestClock } from "../../support/vault.ts";

test("a frame that was looked at by the log stands where nothing can be opened to see more", () => {
  const clock = new TestClock();
  let thrown = new StrongroomError("BUSY", "no file can be opened");
  let asked = 0;
  const ask = (): void => {
    asked += 1;
    throw thrown;
  };
  const log: Pick<Log, "fence"> = { fence: ask };
  const fence = new Fence(log as Log, clock);
  fence.appended();
  fence.appended();
  expect(asked).toBe(2);
  thrown = new StrongroomError("DURABILITY_UNKNOWN", "claimed");
  expect(() => fence.appended()).toThrow(thrown);
});

function fenced(): { asked: () => number; clock: TestClock; fence: Fence } {
  const clock = new TestClock();
  let asked = 0;
  const log: Pick<Log, "fence"> = { fence: () => void (asked += 1) };
  return { asked: () => asked, clock, fence: new Fence(log as Log, clock) };
}

test("a reply within 100 ms of the last look needs none, and a later one does", () => {
  const { asked, clock, fence } = fenced();
  fence.check();
  clock.pass(100);
  fence.check();
  expect(asked()).toBe(1);
  clock.pass(1);
  fence.check();
  expect(asked()).toBe(2);
});

test("frames that follow each other look for themselves, and ask for all every 100 ms", () => {
  const { asked, clock, fence } = fenced();
  for (let ms = 0; ms <= 1010; ms += 10) {
    fence.appended();
    fence.check();
    clock.pass(10);
  }
  expect(asked()).toBe(10);
});
