import { readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { isPastSpawnClaim } from "@strongroom/client/protocol";

/** Removes the spawn claims of earlier moments from `run/`; only for the holder of the lock. */
export async function sweepSpawnClaims(run: string): Promise<void> {
  const names = await readdir(run).catch(() => []);
  const past = names.filter((name) => isPastSpawnClaim(name));
  await Promise.allSettled(past.map((name) => unlink(join(run, name))));
}
