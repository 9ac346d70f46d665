import { StrongroomError } from "@strongroom/client/protocol";
import { Holds } from "@strongroom/daemon/src/flights/holds.ts";
import { expect, it } from "vitest";
import { TestClock } from "../../support/vault.ts";

const ERROR = new StrongroomError("UNAVAILABLE", "no");

it("holds back twice as long after each failure, up to five minutes, and never all alike", () => {
  const clock = new TestClock();
  for (const [random, part] of [
    [0, 0.5],
    [1, 1],
  ] as const) {
    const holds = new Holds(clock, () => random);
    const waits = Array.from({ length: 12 }, () => {
      holds.failed("a", 1, ERROR);
      return holds.of("a", 1)?.leftMs;
    });
    expect(waits.slice(0, 3)).toEqual([1000 * part, 2000 * part, 4000 * part]);
    expect(waits.at(-1)).toBe(300_000 * part);
  }
});

it("holds back for as long as it is told, but not for more than an hour", () => {
  const holds = new Holds(new TestClock(), () => 0);
  holds.failed("a", 1, ERROR, 30_000);
  expect(holds.of("a", 1)).toEqual({ error: ERROR, leftMs: 30_000 });
  holds.failed("b", 1, ERROR, 86_400_000);
  expect(holds.of("b", 1)?.leftMs).toBe(3_600_000);
});

it("holds back neither another key, nor another generation, nor what went well since", () => {
  const clock = new TestClock();
  const holds = new Holds(clock, () => 0);
  holds.failed("a", 1, ERROR);
  expect([holds.of("b", 1), holds.of("a", 2)]).toEqual([undefined, undefined]);
  clock.pass(500);
  expect(holds.of("a", 1)).toBeUndefined();
  holds.failed("a", 1, ERROR);
  holds.clear("a");
  expect(holds.of("a", 1)).toBeUndefined();
  holds.failed("a", 1, ERROR);
  expect(holds.of("a", 1)?.leftMs).toBe(500);
});
