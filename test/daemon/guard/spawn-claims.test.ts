import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnClaimName } from "@strongroom/client/protocol";
import { sweepSpawnClaims } from "@strongroom/daemon/src/guard/spawn-claims.ts";
import { expect, test } from "vitest";

test("claims of earlier moments are gone when it resolves, and nothing else is", async () => {
  const run = mkdtempSync(join(tmpdir(), "sr-"));
  const current = spawnClaimName();
  const kept = [current, "a.sock", "last-death.json"].toSorted();
  for (const name of ["spawn.another-boot.1", ...kept]) writeFileSync(join(run, name), "");
  await sweepSpawnClaims(run);
  expect(readdirSync(run).toSorted()).toEqual(kept);
  rmSync(run, { recursive: true });
  await sweepSpawnClaims(run);
});
