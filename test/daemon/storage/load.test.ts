import { expect, test } from "vitest";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import type { World } from "../../support/simulated-world.ts";

const JOURNAL = `${HOME.vault}/journal.0000000000000002`;
const SNAPSHOT = `${HOME.vault}/snapshot.0000000000000002`;

/** One vault that went two ways from the same moment: same keys, same epoch, same sequence. */
async function forks(): Promise<readonly [World, World]> {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  await vault.append("common");
  await vault.close();
  const grown = async (text: string): Promise<World> => {
    const world = disk.world.clone();
    const fork = await OpaqueVault.open(new SimulatedDisk(world));
    await fork.append(text);
    await fork.close();
    for (const path of world.files()) if (path.endsWith(".mark")) world.remove(path);
    return world;
  };
  return [await grown("one way"), await grown("the other")];
}

test("a snapshot is never read with the journal of a fork, though all but its salt agrees", async () => {
  const [one, other] = await forks();
  one.poke(JOURNAL, other.peek(JOURNAL));
  await expect(OpaqueVault.open(new SimulatedDisk(one))).rejects.toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining(JOURNAL),
  });
});

test("a fork with both of its files is whole", async () => {
  const [one, other] = await forks();
  for (const path of [JOURNAL, SNAPSHOT]) one.poke(path, other.peek(path));
  const { texts } = await OpaqueVault.open(new SimulatedDisk(one));
  expect(texts).toEqual(["common", "the other"]);
});
