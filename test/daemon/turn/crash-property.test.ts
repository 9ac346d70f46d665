import * as fc from "fast-check";
import { StrongroomError } from "@strongroom/client/protocol";
import { expect, it } from "vitest";
import { DiskVault } from "../../support/disk-vault.ts";
import { anyRequest } from "../../support/drive.ts";
import { Acks } from "../../support/enumerate.ts";
import { Ledger } from "../../support/ledger.ts";
import type { Group } from "../../support/ledger.ts";
import type { ModelRequest } from "../../support/model.ts";
import { KilledError, SimulatedDisk } from "../../support/simulated-disk.ts";
import { size } from "../../support/size.ts";
import { checkVault } from "../../support/vault-workload.ts";
import { TestClock } from "../../support/vault.ts";

type Step = "compact" | "reopen" | readonly ModelRequest[];

const START = 1_700_000_000_000;
const group = fc
  .array(anyRequest, { minLength: 1, maxLength: 5 })
  .map((requests) => requests.map(dated));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: group },
  { weight: 1, arbitrary: fc.constant("compact" as const) },
  { weight: 1, arbitrary: fc.constant("reopen" as const) },
);
const plan = fc.record({
  site: fc.integer({ min: 1, max: 130 }),
  action: fc.constantFrom(
    ...(["eio", "eio-sticky", "enospc", "kill-after", "kill-before", "short", "torn"] as const),
    "torn-durable" as const,
  ),
  seed: fc.nat(),
});
const cut = fc.oneof(
  fc.record({ kind: fc.constantFrom("none" as const, "drop" as const) }),
  fc.record({ kind: fc.constant("subset" as const), seed: fc.nat() }),
);

/** Expiry is generated as a duration, and some end while the steps are taken. */
function dated(request: ModelRequest): ModelRequest {
  return JSON.parse(JSON.stringify(request), (key, value: unknown) =>
    key === "livesMs" && typeof value === "number" ? START + value : value,
  ) as ModelRequest;
}

async function take(disk: SimulatedDisk, acks: Acks<Group>, steps: readonly Step[]): Promise<void> {
  const clock = new TestClock();
  const ledger = new Ledger(acks);
  let vault = await DiskVault.openWritable(disk, clock);
  for (const asked of steps) {
    if (asked === "compact") await vault.compact();
    else if (asked !== "reopen") await ledger.send(vault, asked);
    else {
      await vault.close();
      vault = await DiskVault.openWritable(disk, clock);
      await ledger.settle(vault);
    }
  }
}

it(
  "any sequence with any fault in it leaves what was acknowledged, twice over",
  { timeout: size(120_000, 3_600_000) },
  async () => {
    const life = fc.record({ steps: fc.array(step, { maxLength: 12 }), plan, cut });
    const property = fc.asyncProperty(
      fc.array(life, { minLength: 1, maxLength: 2 }),
      async (lives) => {
        const acks = new Acks<Group>();
        let disk = new SimulatedDisk();
        for (const { steps, plan: planned, cut: kind } of lives) {
          disk = disk.reboot({ kind: "none" }, planned);
          try {
            await take(disk, acks, steps);
          } catch (error) {
            const known = error instanceof KilledError || error instanceof StrongroomError;
            expect(known, String(error)).toBe(true);
          }
          disk = disk.reboot(kind);
          await checkVault(disk, acks);
        }
      },
    );
    await fc.assert(property, { numRuns: size(30, 3000) });
  },
);
