import { afterEach, describe, expect, test, vi } from "vitest";
import { newIdentity, recipientOf } from "@strongroom/daemon/src/keys/age.ts";
import type { Heritage } from "@strongroom/daemon/src/storage/birth.ts";
import type { OpenOptions } from "@strongroom/daemon/src/storage/open.ts";
import { HOME, OpaqueState, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const NOTICE = `${HOME.vault}/restored.json`;
const RESTORED = { revision: 41, time: Date.UTC(2030, 0, 1) };
const IDENTITY = await newIdentity();
const HERITAGE: Heritage = {
  recipients: [{ recipient: await recipientOf(IDENTITY), label: "recovery", addedAt: 1 }],
  restored: RESTORED,
};

afterEach(() => vi.restoreAllMocks());

/** Makes a vault of a backup that holds one text. */
async function restore(disk: SimulatedDisk): Promise<void> {
  const state = new OpaqueState();
  state.texts.push("from the backup");
  const options: Partial<OpenOptions> = {
    heritage: HERITAGE,
    sink: state,
    records: () => state.records(),
  };
  await (await OpaqueVault.open(disk, options)).close();
}

async function noticeOf(disk: SimulatedDisk): Promise<unknown> {
  const vault = await OpaqueVault.open(disk);
  await vault.close();
  return vault.opened.custody.restored;
}

describe("a vault that was made of a backup", () => {
  test("says so through openings and compactions, until the owner confirms", async () => {
    const disk = new SimulatedDisk();
    await restore(disk);
    expect(await noticeOf(disk)).toEqual(RESTORED);
    const vault = await OpaqueVault.open(disk);
    await vault.append("later");
    await vault.compact();
    await vault.close();
    expect(await noticeOf(disk)).toEqual(RESTORED);
    const again = await OpaqueVault.open(disk);
    expect(await again.opened.custody.confirm()).toBe(true);
    expect(await again.opened.custody.confirm()).toBe(false);
    expect(again.opened.custody.restored).toBeUndefined();
    const after = disk.reboot({ kind: "drop" });
    expect(await noticeOf(after)).toBeUndefined();
    expect((await OpaqueVault.open(after)).texts).toEqual(["from the backup", "later"]);
  });

  test("says so under a new data key too, and where a rekey to it was interrupted", async () => {
    const counting = new SimulatedDisk();
    await restore(counting);
    const made = counting.world;
    const rekey = async (disk: SimulatedDisk): Promise<void> => {
      const vault = await OpaqueVault.open(disk);
      await vault.opened.custody.rekey((key) =>
        vault.opened.log.replace(vault.state.records(), key),
      );
      await vault.close();
    };
    const whole = new SimulatedDisk(made.clone());
    await rekey(whole);
    expect(await noticeOf(whole)).toEqual(RESTORED);
    for (let site = 1; site <= whole.sites.length; site += 3) {
      const dying = new SimulatedDisk(made.clone(), { site, action: "kill-after" });
      await rekey(dying).catch(() => undefined);
      expect(await noticeOf(dying.reboot({ kind: "drop" })), `killed at ${site}`).toEqual(RESTORED);
    }
  });

  test("has a slot for the key that it was restored with, and one for a new key file", async () => {
    const disk = new SimulatedDisk();
    await restore(disk);
    const vault = await OpaqueVault.open(disk);
    expect(vault.opened.custody.list()).toMatchObject([
      { type: "keyfile" },
      { type: "recipient", recipient: HERITAGE.recipients[0]?.recipient, label: "recovery" },
    ]);
    expect(vault.opened.warnings).toEqual([]);
  });

  test("still says so when the notice is damaged or forged, without what cannot be believed", async () => {
    const disk = new SimulatedDisk();
    await restore(disk);
    const whole = disk.world.peek(NOTICE);
    const forged = whole.toString().replace('"revision":41', '"revision":42');
    for (const content of [Buffer.from(forged), whole.subarray(0, 20), Buffer.alloc(0)]) {
      disk.world.poke(NOTICE, content);
      expect(await noticeOf(disk)).toEqual({ revision: null, time: null });
    }
  });

  test("stays unconfirmed when nothing can be written, and of unknown state when the disk fails", async () => {
    const disk = new SimulatedDisk();
    await restore(disk);
    disk.trouble = "read-only";
    const reader = await OpaqueVault.open(disk);
    await expect(reader.opened.custody.confirm()).rejects.toMatchObject({ code: "READ_ONLY" });
    disk.trouble = "none";
    expect(await noticeOf(disk)).toEqual(RESTORED);
    const vault = await OpaqueVault.open(disk);
    vi.spyOn(disk, "syncFolder").mockRejectedValue(Object.assign(new Error("io"), { code: "EIO" }));
    await expect(vault.opened.custody.confirm()).rejects.toMatchObject({
      code: "DURABILITY_UNKNOWN",
    });
  });
});

test("a restore that is killed anywhere leaves all of the backup, or no vault at all", async () => {
  const counting = new SimulatedDisk();
  await restore(counting);
  const seen = { empty: 0, refused: 0, whole: 0, unnamed: 0 };
  for (let site = 1; site <= counting.sites.length; site += 1) {
    for (const action of ["kill-before", "kill-after"] as const) {
      const dying = new SimulatedDisk(undefined, { site, action });
      await restore(dying).catch(() => undefined);
      const disk = dying.reboot({ kind: "drop" });
      const files = disk.world.files();
      // All of the backup is in the snapshot; before the notice there is nothing but the mark of
      // a birth.
      const made = files.some((path) => /snapshot\.[0-9a-f]{16}$/.test(path));
      const expected = files.includes(NOTICE) ? (made ? "whole" : "refused") : "empty";
      const found = await OpaqueVault.open(disk).then(
        ({ texts }) => (texts.length === 0 ? "empty" : texts.join()),
        (error: unknown) => error,
      );
      const message = expect.stringContaining("a restore was interrupted") as string;
      const outcomes = {
        empty: "empty",
        refused: expect.objectContaining({ code: "CORRUPT", message }),
        whole: "from the backup",
      };
      expect(found, `killed at ${site}, ${action}`).toEqual(outcomes[expected]);
      seen[expected] += 1;
      if (made && !files.includes(`${HOME.vault}/vault.json`)) seen.unnamed += 1;
    }
  }
  expect(seen.whole).toBeGreaterThan(10);
  expect(seen.refused).toBeGreaterThan(10);
  expect(seen.unnamed).toBeGreaterThan(1);
});
