import { expect, test } from "vitest";
import { epochName } from "@strongroom/daemon/src/storage/names.ts";
import { retire } from "@strongroom/daemon/src/storage/retire.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import type { FaultPlan } from "../../support/simulated-disk.ts";

const KINDS = ["claim", "journal", "snapshot"] as const;

function withEpochs(plan?: FaultPlan): SimulatedDisk {
  const disk = new SimulatedDisk(undefined, plan);
  for (const epoch of [1n, 2n, 3n, 4n]) {
    for (const kind of KINDS) disk.world.poke(`/v/${epochName(kind, epoch)}`, Buffer.alloc(0));
  }
  disk.world.poke(`/v/${epochName("snapshot", 2n)}.tmp`, Buffer.alloc(0));
  for (const name of ["vault.json", "notes"]) disk.world.poke(`/v/${name}`, Buffer.alloc(0));
  return disk;
}

test("older journals go first, then snapshots, then claims; nothing else goes", async () => {
  const disk = withEpochs();
  expect(await retire(disk, "/v", 3n)).toBeUndefined();
  const removed = disk.sites.map(({ path }) => path.replace(/^\/v\/|\.0{15}/gu, ""));
  expect(removed).toEqual([
    "journal1",
    "journal2",
    "snapshot1",
    "snapshot2",
    "snapshot2.tmp",
    "claim1",
    "claim2",
  ]);
  expect(disk.world.files()).toHaveLength(8);
});

test("it stops at the first that stays: no claim goes before a journal", async () => {
  const disk = withEpochs({ site: 1, action: "eio" });
  expect(await retire(disk, "/v", 3n)).toContain("/v could not be removed (EIO)");
  expect(disk.sites).toHaveLength(1);
  expect(disk.world.files()).toHaveLength(15);
});
