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
import { framePlaces, rearranged } from "../../support/journal-frames.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import { World } from "../../support/simulated-world.ts";

const stride = process.env["STRONGROOM_LONG"] === "1" ? 1 : 5;
const SMALL = { preallocate: 2048, mayCreate: true } as const;

/** The same vault at several moments, and what it held at the last. */
interface Moments {
  readonly disk: SimulatedDisk;
  readonly moments: readonly World[];
  readonly world: World;
  readonly journal: string;
  readonly expectation: Expectation;
}

async function live(): Promise<Moments> {
  const disk = new SimulatedDisk();
  const moments: World[] = [];
  const keep = (): void => {
    moments.push(disk.world.clone());
  };
  let vault = await OpaqueVault.open(disk, SMALL);
  keep();
  await vault.append("one");
  keep();
  await vault.append("two");
  await vault.close();
  vault = await OpaqueVault.open(disk, SMALL);
  keep();
  await vault.append("three");
  await vault.compact();
  keep();
  await vault.append("four");
  keep();
  await vault.append("five");
  const earlier = vault.texts.join();
  keep();
  await vault.append("six");
  const { world } = disk;
  const journal = world.files().find((path) => path.includes("journal.")) ?? "";
  return {
    disk,
    moments,
    world,
    journal,
    expectation: {
      acknowledged: vault.texts.join(),
      earlier,
      folders: Object.values(HOME),
      open: async (damaged) => {
        const opened = await OpaqueVault.open(damaged, SMALL);
        await opened.close();
        return { state: opened.texts.join(), torn: opened.log.figures().tornFrames };
      },
    },
  };
}

let lived: Moments;
beforeAll(async () => {
  lived = await live();
});

async function judged(what: string, cases: Iterable<DamageCase>): Promise<Damaged> {
  const result = await judgeDamage(cases, lived.expectation);
  console.log(damageSummary(what, result));
  expect(result.violations).toEqual([]);
  expect(result.cases).toBeGreaterThan(0);
  return result;
}

function withoutMark(world: World): World {
  const copy = world.clone();
  for (const path of copy.files()) if (path.endsWith(".mark")) copy.remove(path);
  return copy;
}

describe("a damaged vault is refused by name, or is the acknowledged state", () => {
  test("with any byte of any file changed", { timeout: 600_000 }, async () => {
    await judged("bytes changed", flips(lived.world, stride));
  });

  test("with any byte of the last frame changed it is at most one frame earlier, and counted", async () => {
    const world = withoutMark(lived.world);
    const from = framePlaces(world.peek(lived.journal)).at(-1)?.from ?? 0;
    const inside = [...flips(world, 1, { path: lived.journal, from })].filter(
      (each) => each.lastFrameOnly === true,
    );
    const result = await judged("last frame changed", inside.slice(0, 200));
    expect(result.earlier).toBeGreaterThan(50);
  });

  test("with any file cut to any length", { timeout: 600_000 }, async () => {
    await judged("files cut", truncations(lived.world, stride));
  });

  test("with any one file missing", async () => {
    await judged("files missing", missing(lived.world));
  });

  test("with frames swapped, doubled or removed", async () => {
    const { world, journal } = lived;
    const content = world.peek(journal);
    const orders = [
      [1, 0, 2],
      [0, 2, 1],
      [0, 0, 1, 2],
      [0, 1, 1, 2],
      [0, 1, 2, 2],
      [1, 2],
      [0, 2],
      [0, 1],
      [],
    ];
    await judged(
      "frames rearranged",
      orders.map((order) => ({
        name: `frames ${order.join()}`,
        make: () => poked(world, journal, rearranged(content, order)),
      })),
    );
  });

  test("with files of another vault among its own", async () => {
    const other = await live();
    await judged("two vaults", mixed(lived.world, other.world, "another vault"));
  });

  test("with files of other moments among its own", async () => {
    const cases = lived.moments.flatMap((moment, index) => [
      ...mixed(lived.world, moment, `moment ${index}`),
    ]);
    await judged("two moments", cases);
  });
});

test("a vault folder put back from an earlier moment is ROLLED_BACK", async () => {
  for (const [index, moment] of lived.moments.entries()) {
    const world = lived.world.clone();
    for (const path of world.files()) if (path.startsWith(HOME.vault)) world.remove(path);
    for (const path of moment.files()) {
      if (path.startsWith(HOME.vault)) world.poke(path, moment.peek(path));
    }
    await expect(
      OpaqueVault.open(new SimulatedDisk(world), SMALL),
      `moment ${index}`,
    ).rejects.toMatchObject({ code: "ROLLED_BACK" });
  }
});

test("a fork of the vault that grew to the same length is ROLLED_BACK", async () => {
  const fork = lived.moments.at(-1)?.clone() ?? new World();
  const vault = await OpaqueVault.open(new SimulatedDisk(fork), SMALL);
  await vault.append("another six");
  for (const path of lived.world.files()) {
    if (path.endsWith(".mark")) fork.poke(path, lived.world.peek(path));
  }
  await expect(OpaqueVault.open(new SimulatedDisk(fork), SMALL)).rejects.toMatchObject({
    code: "ROLLED_BACK",
  });
});
