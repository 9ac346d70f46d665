import { describe, expect, test } from "vitest";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import type { FaultAction, Site, SiteKind } from "../../support/simulated-disk.ts";

const SPARE = `${HOME.vault}/journal.0000000000000001.tmp`;
const NEXT = `${HOME.vault}/journal.0000000000000002`;
const LONG = "x".repeat(33_000);

/** A vault whose journal is so long that the next one is prepared. */
async function grown(disk: SimulatedDisk): Promise<OpaqueVault> {
  const vault = await OpaqueVault.open(disk);
  await vault.append(LONG);
  await settled();
  return vault;
}

/** Lets what runs in the background come to its end. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

function isThere(disk: SimulatedDisk): boolean {
  return disk.world.files().includes(SPARE);
}

describe("the next journal", () => {
  test("is prepared once the journal has twice its size, and not before", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.append(LONG.slice(0, 30_000));
    await settled();
    expect(isThere(disk)).toBe(false);
    await vault.append(LONG.slice(0, 5000));
    await settled();
    expect(isThere(disk)).toBe(true);
    expect(disk.world.peek(SPARE)).toEqual(Buffer.alloc(16_384));
  });

  test("is used by a compaction, its header durable before it has its name", async () => {
    const disk = new SimulatedDisk();
    const vault = await grown(disk);
    const before = disk.sites.length;
    await vault.compact();
    const sites = disk.sites.slice(before).map(({ kind, path }) => `${kind} ${path}`);
    const renamed = sites.indexOf(`rename ${NEXT}`);
    expect(sites.slice(renamed - 2, renamed)).toEqual([`write ${SPARE}`, `sync ${SPARE}`]);
    expect(sites).not.toContain(`create ${NEXT}`);
    await vault.append("two");
    expect((await OpaqueVault.open(disk.reboot({ kind: "drop" }))).texts).toEqual([LONG, "two"]);
  });

  test("is prepared for every epoch, once", async () => {
    const disk = new SimulatedDisk();
    const vault = await grown(disk);
    await vault.append(LONG);
    await vault.compact();
    await vault.append(LONG);
    await settled();
    const made = disk.sites.filter(
      ({ kind, path }) => kind === "create" && /l\..*tmp$/u.test(path),
    );
    expect(made.map(({ path }) => path)).toEqual([SPARE, SPARE.replace("1.tmp", "2.tmp")]);
  });

  test("goes with the log that prepared it", async () => {
    const disk = new SimulatedDisk();
    const vault = await grown(disk);
    expect(isThere(disk)).toBe(true);
    await vault.close();
    expect(isThere(disk)).toBe(false);
  });
});

describe("a spare that a killed process left", () => {
  test("is swept by the next opening, and moves no epoch", async () => {
    const disk = new SimulatedDisk();
    await grown(disk);
    const after = disk.reboot();
    const vault = await OpaqueVault.open(after);
    expect(vault.log.figures()).toMatchObject({ epoch: "0000000000000002", strangers: [] });
    expect(vault.texts).toEqual([LONG]);
    expect(isThere(after)).toBe(false);
  });

  test("hides no other process from the fence", async () => {
    const disk = new SimulatedDisk();
    const first = await grown(disk);
    let claimed = 0;
    const second = new SimulatedDisk(disk.world);
    // The other process has claimed and read, and removed nothing yet.
    second.beforeSync = async () => {
      claimed += 1;
      await expect(first.append("lost")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    };
    expect((await OpaqueVault.open(second)).texts).toEqual([LONG]);
    expect(claimed).toBeGreaterThan(0);
  });
});

describe("where it cannot be had", () => {
  const places = (["create", "write", "sync"] as const).flatMap((kind) =>
    (["enospc", "eio"] as const).map((action) => [action, kind] as const),
  );

  test.each<readonly [FaultAction, SiteKind]>(places)(
    "for an %s at its %s, the log goes on and a compaction makes its own",
    async (action, kind) => {
      const probe = new SimulatedDisk();
      await grown(probe);
      const of = ({ kind: each, path }: Site): boolean => each === kind && path === SPARE;
      const site = 1 + probe.sites.findIndex(of);
      const disk = new SimulatedDisk(undefined, { site, action });
      const vault = await grown(disk);
      expect(isThere(disk)).toBe(false);
      await vault.append("two");
      await vault.compact();
      expect(disk.sites).toContainEqual({ kind: "create", path: NEXT });
      await vault.close();
      expect((await OpaqueVault.open(disk.reboot())).texts).toEqual([LONG, "two"]);
    },
  );

  test("or its room is needed for frames, it gives it back", async () => {
    const disk = new SimulatedDisk();
    const vault = await grown(disk);
    disk.trouble = "full";
    await expect(vault.append(LONG)).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(isThere(disk)).toBe(false);
    disk.trouble = "none";
    await vault.append("two");
    await settled();
    expect(isThere(disk), "it is not tried twice in an epoch").toBe(false);
    await vault.compact();
    expect(vault.texts).toEqual([LONG, "two"]);
  });
});
