import { expect, test } from "vitest";
import { enumerate, summary } from "../../support/enumerate.ts";
import { checkOpaque, opaqueWorkload } from "../../support/opaque-workload.ts";

const long = process.env["STRONGROOM_LONG"] === "1";
const seed = Number(process.env["STRONGROOM_SEED"] ?? 1);

test(
  "whatever fails at whichever call, acknowledged appends are there after the next opening",
  { timeout: long ? 7_200_000 : 120_000 },
  async () => {
    const result = await enumerate({
      workload: opaqueWorkload,
      check: checkOpaque,
      stride: Number(process.env["STRONGROOM_STRIDE"] ?? (long ? 1 : 47)),
      recoveryStride: Number(process.env["STRONGROOM_RECOVERY_STRIDE"] ?? (long ? 1 : 37)),
      seed,
    });
    console.log(`log: ${summary(result, seed)}`);
    expect(result.violations).toEqual([]);
    expect(result.sites).toBeGreaterThanOrEqual(250);
  },
);
