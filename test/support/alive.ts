import { readFileSync } from "node:fs";

/**
 * Whether a process still runs. One that has ended and was not collected by its parent yet does
 * not: where the first process of a machine is slow to do so, that takes seconds.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== "linux" || !/^[ZX]$/.test(stateOf(pid));
}

/** The letter that `proc_pid_stat(5)` gives the state of a process; `X` for one that is gone. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return "X";
  }
}
