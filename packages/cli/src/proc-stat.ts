import { readFileSync } from "node:fs";

/** What Linux says of a process in `/proc/PID/stat`. */
export interface ProcStat {
  /** R, S, D, T (stopped), Z (ended), … */
  readonly state: string;
  readonly threads: number;
  readonly group: number;
  /** The group that the terminal belongs to; -1 = there is no terminal. */
  readonly foreground: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
}

/** Undefined when there is no such process, or no such file system here. */
export function procStat(pid: number): ProcStat | undefined {
  // On Windows anybody may make a folder of that name.
  if (process.platform === "win32") return undefined;
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // proc(5): the name in parentheses may hold anything, so fields are counted after the last ")".
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const { 0: state = "", 2: group, 5: foreground, 17: threads, 19: startTime = "" } = fields;
  const numbers = {
    group: Number(group),
    foreground: Number(foreground),
    threads: Number(threads),
  };
  return { state, startTime, ...numbers };
}

/** Whether a process is there, as far as this one may know. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM is somebody else's process.
    return error instanceof Error && "code" in error && error.code !== "ESRCH";
  }
}
