import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("slow-sync.c", import.meta.url));

/**
 * The environment in which every fdatasync and fsync takes `ms` longer; or, in `missing`, why
 * there is none here.
 */
export function slowDisk(world, ms) {
  if (process.platform !== "linux") {
    return { missing: "the slow disk is made by LD_PRELOAD, which is Linux only" };
  }
  const library = join(world.folder("slow"), "slow.so");
  const args = ["-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"];
  const { status } = spawnSync("cc", args, { stdio: "ignore" });
  if (status !== 0) return { missing: "no C compiler to make the slow disk: apt-get install gcc" };
  return { env: { LD_PRELOAD: library, STRONGROOM_SLOW_SYNC_MS: String(ms) } };
}
