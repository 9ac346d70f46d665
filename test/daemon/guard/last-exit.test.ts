import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnding, readLastExit } from "@strongroom/client/protocol";
import { describeLastExit, writeLastExit } from "@strongroom/daemon/src/guard/last-exit.ts";
import { expect, it } from "vitest";

const leftover = {
  pid: 8,
  startTime: null,
  bootId: null,
  namespace: null,
  socket: null,
  folder: null,
  version: "0",
  protocol: 1,
  endpoint: "/x",
  epoch: null,
};

it("tells how the last daemon ended, and that a killed one did not say", () => {
  const state = mkdtempSync(join(tmpdir(), "last-exit-"));
  expect(describeLastExit(state, undefined)).toBeNull();
  writeLastExit(state, { time: 0, pid: 7, code: 0, reason: "it was asked to stop" });
  expect(readLastExit(state)?.code).toBe(0);
  expect(describeLastExit(state, undefined)).toBe(
    "pid 7 ended with status 0 at 1970-01-01T00:00:00.000Z: it was asked to stop",
  );
  expect(describeLastExit(state, leftover)).toMatch(/^pid 8 ended without a word/u);
  rmSync(state, { recursive: true });
  writeLastExit(state, { time: 0, pid: 7, code: 0, reason: "a missing folder is no trouble" });
});

it("tells of one that ends yet, and not of one that was killed meanwhile", () => {
  const state = mkdtempSync(join(tmpdir(), "last-exit-"));
  const exit = { time: 1000, pid: process.pid, code: 0, reason: "the vault is locked" } as const;
  writeLastExit(state, { ...exit, isEnding: true });
  expect(readEnding(state, 2000)).toEqual({ ...exit, isEnding: true });
  expect(describeLastExit(state, undefined)).toMatch(/did not come to its end: the vault is/u);
  // Its number may be another's by then.
  expect(readEnding(state, 62_000)).toBeUndefined();
  writeLastExit(state, { ...exit, pid: 4_194_304, isEnding: true });
  expect(readEnding(state, 2000)).toBeUndefined();
  writeLastExit(state, exit);
  expect(readEnding(state, 2000)).toBeUndefined();
  rmSync(state, { recursive: true });
});
