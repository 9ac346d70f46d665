import { SteadyTime } from "@strongroom/daemon/src/authority/steady-time.ts";
import { expect, test } from "vitest";
import { HandClocks } from "../../support/hand-clocks.ts";

const YEAR_MS = 365 * 24 * 3_600_000;

test("the time by which keys expire goes on with the clocks, asleep or awake", () => {
  const clocks = new HandClocks();
  const time = new SteadyTime(clocks);
  const from = time.now();
  clocks.pass(1000);
  expect(time.now()).toBe(from + 1000);
  clocks.sleep(YEAR_MS);
  expect(time.now()).toBe(from + 1000 + YEAR_MS);
});

test("it does not go back when the clock is set back, and nothing lives again", () => {
  const clocks = new HandClocks();
  const time = new SteadyTime(clocks);
  const from = time.now();
  clocks.pass(5000);
  clocks.time.wall -= YEAR_MS;
  expect(time.now()).toBe(from + 5000);
  clocks.pass(1000);
  expect(time.now()).toBe(from + 6000);
});

test("nor does it go back from what was told when a clock that was ahead is set right", () => {
  const clocks = new HandClocks();
  const time = new SteadyTime(clocks);
  const { wall } = clocks.time;
  for (const ahead of [800, 3_000_000]) {
    clocks.time.wall = wall + ahead;
    expect(time.now()).toBe(wall + ahead);
    clocks.time.wall = wall;
    expect(time.now()).toBe(wall + ahead);
  }
  clocks.pass(3_000_001);
  expect(time.now()).toBe(wall + 3_000_001);
  expect(time.accept()).toBe(wall + 3_000_001);
});

test("one reading of 2038 is a reading, and no time that passed", () => {
  const clocks = new HandClocks();
  const time = new SteadyTime(clocks);
  const { wall } = clocks.time;
  clocks.time.wall = Date.UTC(2038, 0, 19);
  expect(time.now()).toBe(wall);
  clocks.time.wall = wall;
  clocks.pass(7);
  expect(time.now()).toBe(wall + 7);
});

test("a clock that is corrected by less than an hour is believed", () => {
  const clocks = new HandClocks();
  const time = new SteadyTime(clocks);
  const { wall } = clocks.time;
  clocks.time.wall += 3_600_000;
  expect(time.now()).toBe(wall + 3_600_000);
});

test.each([0, 5000])(
  "a leap that lasts for a minute is believed, and one that ended before is forgotten, %d ms apart",
  (apart) => {
    const clocks = new HandClocks();
    const time = new SteadyTime(clocks);
    const { wall } = clocks.time;
    clocks.time.wall += YEAR_MS;
    expect(time.now()).toBe(wall);
    clocks.pass(59_999);
    expect(time.now()).toBe(wall + 59_999);
    clocks.time.wall += apart - YEAR_MS;
    expect(time.now()).toBe(wall + apart + 59_999);
    clocks.time.wall += YEAR_MS;
    clocks.pass(1);
    expect(time.now()).toBe(wall + Math.max(apart + 59_999, 60_000));
    clocks.pass(60_000);
    expect(time.now()).toBe(wall + apart + YEAR_MS + 120_000);
    clocks.time.wall -= YEAR_MS;
    expect(time.now()).toBe(wall + apart + YEAR_MS + 120_000);
  },
);

test("what is accepted is the time, ahead or back", () => {
  const clocks = new HandClocks();
  const time = new SteadyTime(clocks);
  clocks.time.wall += YEAR_MS;
  time.accept();
  expect(time.now()).toBe(clocks.time.wall);
  clocks.time.wall -= 2 * YEAR_MS;
  time.accept();
  clocks.pass(10);
  expect(time.now()).toBe(clocks.time.wall);
});

test("it is whole milliseconds, whatever the clocks count in", () => {
  const clocks = new HandClocks();
  const time = new SteadyTime(clocks);
  const { wall } = clocks.time;
  clocks.time.running += 10.75;
  clocks.time.wall += 3;
  expect(time.now()).toBe(wall + 10);
  clocks.time.running += 5000.5;
  clocks.time.booted += 7000.9;
  expect(time.now()).toBe(wall + 7000);
});
