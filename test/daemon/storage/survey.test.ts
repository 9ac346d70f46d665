import { expect, test } from "vitest";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { epochName } from "@strongroom/daemon/src/storage/names.ts";
import { NodeDisk } from "@strongroom/daemon/src/storage/node-disk.ts";
import { survey } from "@strongroom/daemon/src/storage/survey.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

test("a survey tells ours from strangers, and the epochs in their order", async () => {
  const disk = new SimulatedDisk();
  const high = epochName("journal", 2n ** 64n - 1n);
  const names = [
    high,
    epochName("journal", 0x10n),
    epochName("journal", 0x9n),
    `${epochName("journal", 0x20n)}.tmp`,
    epochName("claim", 0x9n),
    "vault.json",
    "slots.previous.json",
    ".lock",
    "daemon.pid",
    "zebra",
    "journal.1",
    "journal.00000000000000AA",
    "notes.0000000000000001",
  ];
  for (const name of names) disk.world.poke(`/v/${name}`, Buffer.alloc(0));
  const found = await survey(disk, "/v");
  expect(found.epochs("journal")).toEqual([0x9n, 0x10n, 2n ** 64n - 1n]);
  expect(found.epochs("claim")).toEqual([0x9n]);
  expect(found.epochs("snapshot")).toEqual([]);
  expect(found.numbered.filter(({ temporary }) => temporary)).toHaveLength(1);
  expect(found.names.has("vault.json")).toBe(true);
  expect(found.strangers).toEqual([
    "journal.00000000000000AA",
    "journal.1",
    "notes.0000000000000001",
    "zebra",
  ]);
});

test("a folder that is missing is empty; one that cannot be listed is an error", async () => {
  const missing = join(tmpdir(), "strongroom-no-such-folder", "vault");
  expect((await survey(new NodeDisk(), missing)).names.size).toBe(0);
  await expect(survey(new NodeDisk(), import.meta.filename)).rejects.toMatchObject({
    code: "ENOTDIR",
  });
});
