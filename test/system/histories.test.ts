import { expect, test } from "vitest";
import { linearize } from "../support/history/linearize.ts";
import { operationsOf, withoutRevisions } from "../support/history/operation.ts";
import { replay } from "../support/history/replay.ts";
import { explain } from "../support/history/report.ts";
import { Rig } from "../support/history/rig.ts";
import type { Plan } from "../support/history/rig.ts";
import { rounds } from "../support/processes.ts";

const firstSeed = Number(process.env["STRONGROOM_SEED"] ?? Math.floor(Math.random() * 1e6));

/** Half of the histories have a kill in them; in one of ten clients are stopped, in one the daemon. */
function planOf(index: number): Plan {
  const stop = index % 10 === 2 ? "client" : index % 10 === 3 ? "daemon" : undefined;
  return { seed: firstSeed + index, clients: 16, operations: 200, kill: index % 2 === 1, stop };
}

test("every history of 16 clients has an order that explains all answers, through kills and stops", async () => {
  const count = rounds("histories of 16 clients × 200 operations", 3, 1000);
  console.log(`seeds from ${firstSeed}`);
  const rig = await Rig.start();
  const spent = { recording: 0, checking: 0, replaying: 0 };
  const seen = { kills: 0, stops: 0, operations: 0, unknown: 0 };
  try {
    for (let index = 0; index < count; index += 1) {
      const plan = planOf(index);
      const began = performance.now();
      const events = await rig.record(plan);
      const recorded = performance.now();
      const operations = operationsOf(events);
      const verdict = linearize(withoutRevisions(operations));
      const checked = performance.now();
      if (verdict.kind !== "accepted") {
        throw new Error(explain("the order alone", plan.seed, events, verdict));
      }
      const second = replay(operations);
      if (second.kind !== "accepted") {
        throw new Error(explain("the order of revisions", plan.seed, events, second));
      }
      spent.recording += recorded - began;
      spent.checking += checked - recorded;
      spent.replaying += performance.now() - checked;
      seen.kills += Number(plan.kill);
      seen.stops += Number(plan.stop !== undefined);
      seen.operations += operations.length;
      seen.unknown += operations.filter(({ answer }) => answer === undefined).length;
      if ((index + 1) % 50 === 0 || index + 1 === count) {
        console.log(`${index + 1} of ${count} histories accepted by both: ${summary(seen, spent)}`);
      }
    }
  } finally {
    await rig.close();
  }
  // Two reads beside what the clients ask; a read that was lost in a kill is not counted.
  expect(seen.operations).toBeGreaterThan(count * 3100);
  // A kill that met nothing under way would prove little.
  expect(seen.unknown).toBeGreaterThan(0);
}, 7_200_000);

test("gets, reads and refusals tell one story while a sync takes long", async () => {
  const rig = await Rig.start(20);
  try {
    for (let index = 0; index < 2; index += 1) {
      const seed = firstSeed + index;
      const plan = { seed, clients: 16, operations: 40, kill: false, stop: undefined };
      const events = await rig.record(plan);
      const operations = withoutRevisions(operationsOf(events));
      const verdict = linearize(operations);
      if (verdict.kind !== "accepted") {
        throw new Error(explain("the order alone", seed, events, verdict));
      }
      expect(operations).toHaveLength(16 * 40 + 2);
      const changes = operations.filter(({ answer }) => answer?.kind === "versions");
      const longest = changes.map((change) => change.respondedAt - change.invokedAt);
      // Otherwise the syncs were not slowed.
      expect(Math.min(...longest)).toBeGreaterThan(18e6);
    }
  } finally {
    await rig.close();
  }
}, 600_000);

function summary(
  { kills, stops, operations, unknown }: Readonly<Record<string, number>>,
  spent: Readonly<Record<string, number>>,
): string {
  const times = Object.entries(spent).map(([what, ms]) => `${what} ${(ms / 1000).toFixed(1)} s`);
  const counts = `${kills} kills, ${stops} stops, ${operations} operations, ${unknown} unknown outcomes`;
  return `${counts}; ${times.join(", ")}`;
}
