import { tokenFloor } from "@strongroom/daemon/src/lease/floor.ts";
import type { LogFigures } from "@strongroom/daemon/src/storage/log.ts";
import { expect, it } from "vitest";

function floorAt(epoch: string | null): number {
  return tokenFloor({ figures: () => ({ epoch }) as LogFigures });
}

it("the first token of an epoch is above every token of an earlier epoch", () => {
  expect(floorAt("0000000000000001")).toBe(2 ** 30);
  expect(floorAt("000000000000000b")).toBe(11 * 2 ** 30);
  // A thousand million holders in one epoch, and the next is above them still.
  expect(floorAt("0000000000000002") - floorAt("0000000000000001")).toBeGreaterThan(1_000_000_000);
  expect(Number.isSafeInteger(floorAt("00000000007ffffe"))).toBe(true);
  expect(() => floorAt("0000000000800000")).toThrow(RangeError);
});

it("no token is given where no epoch is claimed", () => {
  expect(() => floorAt(null)).toThrow(/can only be read/);
});
