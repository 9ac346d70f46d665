import { readFileSync } from "node:fs";
import { uptime } from "node:os";

/** The id of this boot of the machine, or null where the system shows none in a file. */
export function bootId(): string | null {
  // On Windows anybody may make a folder of that name.
  if (process.platform === "win32") return null;
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null;
  }
}

/** Seconds of running time that one spawn claim stands for. */
const CLAIM_SECONDS = 2;

/**
 * The name in `run/` whose exclusive creation lets a client start a daemon. It changes every
 * two seconds of running time and with every boot, so a stale claim is never broken, only passed.
 */
export function spawnClaimName(): string {
  return `spawn.${bootId() ?? "unknown"}.${Math.floor(uptime() / CLAIM_SECONDS)}`;
}

/** Whether a name in `run/` is a spawn claim of an earlier moment. */
export function isPastSpawnClaim(name: string): boolean {
  if (!name.startsWith("spawn.")) return false;
  const current = spawnClaimName();
  const split = name.lastIndexOf(".");
  const boot = name.slice(0, split);
  if (boot !== current.slice(0, current.lastIndexOf("."))) return true;
  // The one before the current may still be in a starter's hand.
  return Number(name.slice(split + 1)) < Math.floor(uptime() / CLAIM_SECONDS) - 1;
}
