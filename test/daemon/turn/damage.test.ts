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
import { observe } from "../../support/drive.ts";
import { framePlaces, rearranged } from "../../support/journal-frames.ts";
import { HOME } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import type { World } from "../../support/simulated-world.ts";
import { size } from "../../support/size.ts";
import { TestClock } from "../../support/vault.ts";

const SMALL = { preallocate: 2048 } as const;

/** Everything that tells two states apart. */
async function shown(vault: DiskVault): Promise<string> {
  const { counters, requests } = vault.state;
  const ids = [requests.forgottenRevision, ...requests.entries()];
  return JSON.stringify([counters, ids, await observe(vault.engine)]);
}

interface Moments {
  readonly world: World;
  readonly moments: readonly World[];
  readonly journal: string;
  readonly expectation: Expectation;
}

async function live(): Promise<Moments> {
  const disk = new SimulatedDisk();
  const moments: World[] = [];
  const clock = new TestClock();
  const caller = { actor: "owner", signal: new AbortController().signal };
  let vault = await DiskVault.open(disk, clock, SMALL);
  const set = async (name: string, value: string): Promise<void> => {
    const params = { name, value, metadata: { note: "n", tags: ["t"] }, requestId: value };
    await vault.engine.execute("secret/set", { ...params, seen: 1000 }, caller);
    await new Promise<void>((resolve) => setImmediate(resolve));
    moments.push(disk.world.clone());
  };
  await set("a", "one");
  await set("a", "two");
  await vault.close();
  vault = await DiskVault.open(disk, clock, SMALL);
  await set("b", "three");
  await vault.engine.execute("secret/delete", { name: "a" }, caller);
  await vault.engine.execute("vault/compact", {}, caller);
  await set("a", "four");
  const operations = [
    { op: "clear", prefix: "b" } as const,
    { op: "restore", name: "a", version: 1 } as const,
  ];
  await vault.engine.execute("vault/batch", { operations }, caller);
  await set("c", "five");
  const earlier = await shown(vault);
  await set("c", "six");
  const { world } = disk;
  const expectation = {
    acknowledged: await shown(vault),
    earlier,
    folders: Object.values(HOME),
    open: async (damaged: SimulatedDisk) => {
      const opened = await DiskVault.open(damaged, new TestClock(), SMALL);
      const state = await shown(opened);
      await opened.close();
      return { state, torn: opened.opened.log.figures().tornFrames };
    },
  };
  const journal = world.files().find((path) => path.includes("journal.")) ?? "";
  return { world, moments: moments.slice(0, -1), journal, expectation };
}

let lived: Moments;
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
      ...lived.moments.flatMap((moment, index) => [
        ...mixed(lived.world, moment, `moment ${index}`),
      ]),
    ]);
  });
});
