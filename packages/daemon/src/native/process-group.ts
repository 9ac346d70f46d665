import { readFileSync } from "node:fs";

/** The process group of a process (`proc_pid_stat(5)`, field 5); undefined where it is not known. */
export function processGroupOf(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name, which may hold anything: state, parent, group.
    const [, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(group);
  } catch {
    return undefined;
  }
}
