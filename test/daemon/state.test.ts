import { StateVariable } from "@strongroom/daemon/src/state.ts";
import { expect, it } from "vitest";

it("moves along the table and tells of each move", () => {
  const moves: string[] = [];
  const state = new StateVariable((next, reason) => moves.push(`${next} ${reason ?? ""}`));
  state.move("read-only", "the disk is full");
  expect(state.reason).toBe("the disk is full");
  state.move("opening");
  state.move("open");
  expect(state.reason).toBeUndefined();
  state.move("open");
  state.move("poisoned", "EIO");
  expect(moves).toStrictEqual(["read-only the disk is full", "opening ", "open ", "poisoned EIO"]);
});

it("never leaves poisoned but to close, and never leaves closing for service", () => {
  const state = new StateVariable(() => undefined);
  state.move("poisoned");
  expect(() => state.move("open")).toThrow(TypeError);
  state.move("closing");
  expect(() => state.move("open")).toThrow(TypeError);
});
