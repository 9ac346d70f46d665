import { readdirSync, readFileSync } from "node:fs";

/**
 * Kills every daemon of a home that has no record yet: of several that a slow start brings, a
 * late one may follow the one that was just stopped. Linux only; elsewhere it finds none.
 */
export function killGhosts(home: string): void {
  if (process.platform !== "linux") return;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      if (command.includes("strongroomd") && variables.includes(`STRONGROOM_HOME=${home}`)) {
        process.kill(Number(pid), "SIGKILL");
      }
    } catch {
      // It ended meanwhile, or is not ours to look at.
    }
  }
}
