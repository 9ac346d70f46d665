import { expect, test } from "vitest";
import { OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

test("a vault that is closed and opened again holds what was appended", async () => {
  const disk = new SimulatedDisk();
  const first = await OpaqueVault.open(disk);
  expect(first.opened.born).toBe(true);
  await first.append("one");
  await first.append("two");
  await first.compact();
  await first.append("three");
  await first.close();
  const second = await OpaqueVault.open(disk);
  expect(second.opened).toMatchObject({ born: false, mode: "read-write", warnings: [] });
  expect(second.opened.vaultId).toBe(first.opened.vaultId);
  expect(second.texts).toEqual(["one", "two", "three"]);
  await expect(second.log.verify()).resolves.toEqual({ frames: 0 });
});
