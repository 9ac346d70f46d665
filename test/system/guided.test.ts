import { fork } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import type { GuidedReport } from "../support/guided-process.ts";
import { long, printCount, size } from "../support/size.ts";

const SEED = Number(process.env["STRONGROOM_SEED"] ?? 20_261_126);
const FULL = 200_000;
const TARGETS = 6;

test(
  "no parser of what strangers send or write fails in any way but its own, led by coverage",
  { timeout: long ? 3_600_000 : 120_000 },
  async () => {
    const inputs = Number(process.env["STRONGROOM_COUNT"] ?? size(800, FULL));
    const program = new URL("../support/guided-process.ts", import.meta.url);
    const child = fork(program, [SEED, inputs].map(String), {
      execArgv: ["--import", "tsx", "-C", "strongroom-source"],
    });
    const reports: GuidedReport[] = [];
    child.on("message", (report: GuidedReport) => {
      reports.push(report);
      const { corpus, covered, coveredAtFirst, name, rssMiB } = report;
      const grown = `${coveredAtFirst} characters covered at first, ${covered} by ${corpus} inputs`;
      console.log(`${name}: ${grown}, RSS ${rssMiB.toFixed(0)} MiB`);
      printCount(`${name}, from seed ${SEED}`, report.inputs, FULL);
    });
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
    expect(reports).toHaveLength(TARGETS);
    for (const { covered, coveredAtFirst, name, rssMiB } of reports) {
      expect(covered, name).toBeGreaterThan(coveredAtFirst);
      expect(rssMiB, name).toBeLessThan(256);
    }
  },
);
