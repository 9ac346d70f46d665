import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The resident memory of a process in MB; undefined where the platform does not tell. */
export function residentMb(pid) {
  if (process.platform === "win32") return undefined;
  if (process.platform === "linux") {
    const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(kb) / 1024;
  }
  const { stdout } = spawnSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
  return Number(stdout) / 1024;
}
