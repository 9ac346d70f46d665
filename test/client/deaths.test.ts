import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, uptime } from "node:os";
import { join } from "node:path";
import { bootId } from "@strongroom/client/protocol";
import { givenUp, lastReason, recordDeath } from "@strongroom/client/src/deaths.ts";
import { afterEach, beforeEach, expect, it } from "vitest";

let run: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "sr-"));
});
afterEach(() => {
  rmSync(run, { recursive: true });
});

function died(secondsAgo: number, pid: number, boot = bootId() ?? "unknown"): void {
  const note = { at: uptime() - secondsAgo, reason: `reason ${pid}` };
  writeFileSync(join(run, `death.${boot}.${pid}.0`), JSON.stringify(note));
}

it("gives up after three deaths within a minute, with the last reason", () => {
  recordDeath(run, 1, "first");
  recordDeath(run, 2, "second");
  expect(givenUp(run)).toBeUndefined();
  died(5, 3);
  expect(givenUp(run)).toBe("second");
  expect(lastReason(run)).toBe("second");
});

it("counts the deaths of a full disk, which takes their names and no text", () => {
  for (const pid of [1, 2, 3]) {
    writeFileSync(join(run, `death.${bootId() ?? "unknown"}.${pid}.${Math.floor(uptime())}`), "");
  }
  expect(givenUp(run)).toContain("the disk is full");
});

it("tries again half a minute after the last of them", () => {
  for (const [at, pid] of [40, 36, 31].entries()) died(pid, at + 1);
  expect(givenUp(run)).toBeUndefined();
  for (const [at, pid] of [40, 36, 29].entries()) died(pid, at + 1);
  expect(givenUp(run)).toBe("reason 3");
});

it("goes on when the deaths are more than a minute apart", () => {
  for (const [at, ago] of [80, 40, 10].entries()) died(ago, at + 1);
  expect(givenUp(run)).toBeUndefined();
});

it("forgets deaths of another boot, old ones and what is no note", () => {
  for (const pid of [1, 2, 3]) died(1, pid, "another-boot");
  died(1000, 4);
  writeFileSync(join(run, `death.${bootId() ?? "unknown"}.5.0`), "garbage");
  expect(givenUp(run)).toBeUndefined();
  expect(readdirSync(run)).toEqual([]);
});
