import { beforeAll, describe, expect, test } from "vitest";
import {
  damageSummary,
  flips,
  judgeDamage,
  missing,
  mixed,
  poked,
  truncations,
} from "../../support/damage.ts";
import type { DamageCase, Damaged, Expectation } from "../../support/damage.ts";
import { DiskVault } from "../../support/disk-vault.ts";
import { framePlaces, rearranged } from "../../support/journal-frames.ts";
import { liveVault, shown, SMALL } from "../../support/lived-vault.ts";
import type { LivedVault } from "../../support/lived-vault.ts";
import { HOME } from "../../support/opaque-vault.ts";
import type { SimulatedDisk } from "../../support/simulated-disk.ts";
import { size } from "../../support/size.ts";
import { TestClock } from "../../support/vault.ts";

interface Lived extends LivedVault {
  readonly expectation: Expectation;
}

async function live(): Promise<Lived> {
  const vault = await liveVault();
  const expectation = {
    acknowledged: vault.state,
    earlier: vault.earlier,
    folders: Object.values(HOME),
    open: async (damaged: SimulatedDisk) => {
      const opened = await DiskVault.open(damaged, new TestClock(), SMALL);
      const state = shown(opened);
      await opened.close();
      return { state, torn: opened.opened.log.figures().tornFrames };
    },
  };
  return { ...vault, expectation };
}

let lived: Lived;
beforeAll(async () => {
  lived = await live();
});

async function judged(what: string, cases: Iterable<DamageCase>): Promise<Damaged> {
  const result = await judgeDamage(cases, lived.expectation);
  console.log(damageSummary(`vault, ${what}`, result));
  expect(result.violations).toEqual([]);
  expect(result.cases).toBeGreaterThan(0);
  return result;
}

describe("a vault of real records is refused by name when it is damaged, or is as it was", () => {
  test("with any byte of any file changed", { timeout: 600_000 }, async () => {
    await judged("bytes changed", flips(lived.world, size(23, 1)));
  });

  test("with any byte of the last frame changed: at most one frame earlier, and counted", async () => {
    const world = lived.world.clone();
    for (const path of world.files()) if (path.endsWith(".mark")) world.remove(path);
    const from = framePlaces(world.peek(lived.journal)).at(-1)?.from ?? 0;
    const inside = [...flips(world, 1, { path: lived.journal, from })].filter(
      (each) => each.lastFrameOnly === true,
    );
    const result = await judged("last frame changed", inside.slice(0, 100));
    expect(result.earlier).toBeGreaterThan(50);
  });

  test("with any file cut to any length", { timeout: 600_000 }, async () => {
    await judged("files cut", truncations(lived.world, size(23, 1)));
  });

  test("with any one file missing", async () => {
    await judged("files missing", missing(lived.world));
  });

  test("with frames swapped, doubled or removed", async () => {
    const content = lived.world.peek(lived.journal);
    const orders = [
      [1, 0, 2, 3],
      [0, 0, 1, 2, 3],
      [0, 1, 2, 3, 3],
      [1, 2, 3],
      [0, 1, 3],
      [0, 1, 2],
      [],
    ];
    await judged(
      "frames rearranged",
      orders.map((order) => ({
        name: `frames ${order.join()}`,
        make: () => poked(lived.world, lived.journal, rearranged(content, order)),
      })),
    );
  });

  test("with files of another vault or another moment among its own", async () => {
    const other = await live();
    await judged("mixed", [
      ...mixed(lived.world, other.world, "another vault"),
      ...lived.moments.flatMap(({ world }, index) => [
        ...mixed(lived.world, world, `moment ${index}`),
      ]),
    ]);
  });
});
