import { fork } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import type { DamagedReport } from "../support/damaged-process.ts";
import { long, printCount, size } from "../support/size.ts";

const SEED = Number(process.env["STRONGROOM_SEED"] ?? 20_261_126);
const FULL = 100_000;
const REPAIR_EVERY = 10;
const SILENCE_MS = 120_000;

/** Opens so many damaged vaults in a process of their own; throws when that hangs. */
async function judged(count: number): Promise<DamagedReport> {
  const program = new URL("../support/damaged-process.ts", import.meta.url);
  const child = fork(program, [SEED, count, REPAIR_EVERY].map(String), {
    execArgv: ["--import", "tsx", "-C", "strongroom-source"],
  });
  let last: DamagedReport | undefined;
  const killed = (): boolean => child.kill("SIGKILL");
  let watchdog = setTimeout(killed, SILENCE_MS);
  child.on("message", (report: DamagedReport) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(killed, SILENCE_MS);
    last = report;
    if (long && report.done % 5000 === 0) console.log(`${report.done} of ${count}`);
  });
  const [status, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  clearTimeout(watchdog);
  if (last?.done === count && status === 0) return last;
  const near = SEED + (last?.done ?? 0);
  throw new Error(`it ended with ${signal ?? status} at one of the 100 seeds from ${near}`);
}

test(
  "a vault damaged in any way is refused by name and left as it is, or is as it was acknowledged",
  { timeout: long ? 3_600_000 : 120_000 },
  async () => {
    const count = Number(process.env["STRONGROOM_COUNT"] ?? size(250, FULL));
    const report = await judged(count);
    const outcomes = Object.entries(report.outcomes).toSorted(([, one], [, two]) => two - one);
    for (const [outcome, times] of outcomes) console.log(`${times} ${outcome}`);
    const { rssMiB, slowestMs, violations } = report;
    console.log(`RSS at most ${rssMiB.toFixed(0)} MiB, slowest ${slowestMs.toFixed(0)} ms`);
    printCount(`damaged vaults, from seed ${SEED}, ${violations.length} violations`, count, FULL);
    expect(violations).toEqual([]);
    expect(rssMiB).toBeLessThan(256);
    // Both ends of the scale were met, or the damage is not what it should be.
    expect(report.outcomes["as acknowledged"]).toBeGreaterThan(count / 20);
    expect(report.outcomes["CORRUPT"]).toBeGreaterThan(count / 5);
  },
);
