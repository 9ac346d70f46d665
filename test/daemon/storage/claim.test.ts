import { describe, expect, test } from "vitest";
import {
  claimFrom,
  createClaim,
  farClaims,
  nextEpoch,
  takeBack,
} from "@strongroom/daemon/src/storage/claim.ts";
import { epochName } from "@strongroom/daemon/src/storage/names.ts";
import { survey } from "@strongroom/daemon/src/storage/survey.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

function withFiles(...names: readonly string[]): SimulatedDisk {
  const disk = new SimulatedDisk();
  for (const name of names) disk.world.poke(`/v/${name}`, Buffer.alloc(0));
  return disk;
}

describe("the next epoch", () => {
  test("lies above everything that has a name, temporary ones too", async () => {
    const next = async (...names: string[]): Promise<bigint> =>
      nextEpoch(await survey(withFiles(...names), "/v"), 2n);
    expect(await next()).toBe(3n);
    expect(await next(epochName("claim", 1n))).toBe(3n);
    expect(await next(epochName("claim", 7n), epochName("journal", 5n))).toBe(8n);
    expect(await next(`${epochName("snapshot", 9n)}.tmp`)).toBe(10n);
  });

  test("is not moved by a name more than 1024 ahead, which is reported if it is a claim", async () => {
    const near = epochName("claim", 2n + 1024n);
    const far = epochName("claim", 2n + 1025n);
    const found = await survey(withFiles(near, far), "/v");
    expect(nextEpoch(found, 2n)).toBe(1027n);
    expect(farClaims(found, 2n)).toEqual([1027n]);
  });
});

describe("a claim", () => {
  test("is exclusive", async () => {
    const disk = withFiles(epochName("claim", 3n));
    await expect(createClaim(disk, "/v", 3n)).rejects.toMatchObject({ code: "EEXIST" });
  });

  test("takes the first free number, and is durable", async () => {
    const disk = withFiles(epochName("claim", 3n), epochName("claim", 4n));
    expect(await claimFrom(disk, "/v", 3n)).toBe(5n);
    expect(disk.reboot({ kind: "drop" }).world.files()).toHaveLength(3);
  });

  test("that cannot be made durable is taken back", async () => {
    const disk = new SimulatedDisk(undefined, { site: 2, action: "eio" });
    await expect(claimFrom(disk, "/v", 3n)).rejects.toMatchObject({ code: "EIO" });
    expect(disk.world.files()).toEqual([]);
  });

  test("that is gone, or cannot be removed, is taken back without a word", async () => {
    await takeBack(withFiles(), "/v", 3n);
    const disk = withFiles(epochName("claim", 3n));
    disk.trouble = "read-only";
    await takeBack(disk, "/v", 3n);
    expect(disk.world.files()).toHaveLength(1);
  });
});
