import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { uptime } from "node:os";

/** The id of this boot of the machine, or null where the system has none. */
export function bootId(): string | null {
  if (process.platform === "linux") return linuxBootId();
  if (process.platform !== "darwin") return null;
  const { status, stdout } = spawnSync("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"], {
    encoding: "utf8",
    timeout: 2000,
  });
  const id = status === 0 ? stdout.trim().toLowerCase() : "";
  return id === "" ? null : id;
}

function linuxBootId(): string | null {
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
