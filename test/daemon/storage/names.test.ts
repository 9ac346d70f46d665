import {
  epochName,
  formatEpoch,
  isStranger,
  parseEpochName,
} from "@strongroom/daemon/src/storage/names.ts";
import { expect, test } from "vitest";

test("the name of a numbered file and what it says are the same", () => {
  expect(formatEpoch(255n)).toBe("00000000000000ff");
  for (const kind of ["audit", "claim", "journal", "snapshot"] as const) {
    const name = epochName(kind, 2n ** 64n - 1n);
    expect(name).toBe(`${kind}.ffffffffffffffff`);
    const epoch = 2n ** 64n - 1n;
    expect(parseEpochName(name)).toEqual({ kind, epoch, temporary: false });
    expect(parseEpochName(`${name}.tmp`)).toEqual({ kind, epoch, temporary: true });
  }
});

test.each([
  "journal.00000000000000FF",
  "journal.ff",
  "journal.00000000000000ff.old",
  "diary.00000000000000ff",
  "xjournal.00000000000000ff",
])("%s is no numbered file, and a stranger", (name) => {
  expect(parseEpochName(name)).toBeUndefined();
  expect(isStranger(name)).toBe(true);
});

test.each([
  "vault.json",
  "slots.previous.json",
  "restored.json",
  "daemon.pid",
  "daemon.secret",
  "daemon.pid.0a1b2c3d",
  ".lock",
  ".lock.db",
  "claim.0000000000000001",
  "snapshot.0000000000000001.tmp",
])("%s is no stranger", (name) => {
  expect(isStranger(name)).toBe(false);
});
