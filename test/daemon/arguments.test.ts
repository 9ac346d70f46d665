import { StrongroomError } from "@strongroom/client/protocol";
import { readArguments } from "@strongroom/daemon/src/arguments.ts";
import { expect, it } from "vitest";

it("may make a vault when started by hand, or when a client says so", () => {
  expect(readArguments([]).mayCreate).toBe(true);
  expect(readArguments(["--auto"]).mayCreate).toBe(false);
  expect(readArguments(["--auto", "--create"]).mayCreate).toBe(true);
});

it.each([
  ["250ms", 250],
  ["30s", 30_000],
  ["15m", 900_000],
  ["2h", 7_200_000],
])("reads --idle %s", (text, milliseconds) => {
  expect(readArguments(["--idle", text]).idleMs).toBe(milliseconds);
});

it.each([
  ["--idle", "15"],
  ["--idle", "0s"],
  ["--idle", "-1s"],
  ["--idle", "9999h"],
  ["--unknown"],
  ["stray"],
])("refuses %s %s", (...argv) => {
  expect(() => readArguments(argv.filter(Boolean))).toThrow(StrongroomError);
});
