import { expect, test } from "vitest";
import { enumerate, summary } from "../../support/enumerate.ts";
import { long, size } from "../../support/size.ts";
import { checkVault, vaultWorkload, workloadSize } from "../../support/vault-workload.ts";

const seed = Number(process.env["STRONGROOM_SEED"] ?? 1);

test(
  "whatever fails at whichever call, what was acknowledged is there after recovery, and no more",
  { timeout: long ? 7_200_000 : 300_000 },
  async () => {
    expect(workloadSize()).toBeGreaterThanOrEqual(60);
    const result = await enumerate({
      workload: vaultWorkload,
      check: checkVault,
      stride: Number(process.env["STRONGROOM_STRIDE"] ?? size(61, 1)),
      // A site fails in at least ten ways: with every seventh site of each recovery killed, and the
      // first one moving on, every site of a recovery is killed after every site of the workload.
      recoveryStride: Number(process.env["STRONGROOM_RECOVERY_STRIDE"] ?? size(71, 7)),
      seed,
    });
    console.log(`vault: ${summary(result, seed)}`);
    expect(result.violations.slice(0, 5)).toEqual([]);
    expect(result.sites).toBeGreaterThanOrEqual(250);
    expect(result.runs).toBeGreaterThanOrEqual(size(50, 1500));
  },
);
