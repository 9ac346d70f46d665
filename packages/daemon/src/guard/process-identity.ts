import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** A process as told from every other that had or will have its pid, within one boot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started: clock ticks since boot on Linux, a date elsewhere; null = unknown. */
  readonly startTime: string | null;
}

/** When a process started; undefined when no thread of it is left, null when it cannot be known. */
export function startTimeOf(pid: number): string | null | undefined {
  if (process.platform === "linux") return linuxStartTime(pid);
  if (process.platform === "win32") return exists(pid) ? null : undefined;
  const { status, stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" },
    timeout: 2000,
  });
  const date = status === 0 ? stdout.trim() : "";
  if (date !== "") return date;
  return exists(pid) ? null : undefined;
}

/** Whether this very process, not another with its pid, has a thread left. */
export function isRunning({ pid, startTime }: ProcessIdentity): boolean {
  const now = startTimeOf(pid);
  if (now === undefined) return false;
  return now === null || startTime === null || now === startTime;
}

/** What tells the pids of one container from those of another; null where there is no such thing. */
export function pidNamespace(): string | null {
  try {
    return process.platform === "linux" ? readlinkSync("/proc/self/ns/pid") : null;
  } catch {
    return null;
  }
}

function linuxStartTime(pid: number): string | null | undefined {
  if (!isProcOurs()) return exists(pid) ? null : undefined;
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return exists(pid) ? null : undefined;
    return null;
  }
  // proc(5): the name in parentheses may hold anything, so fields are counted after the last ")".
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const threads = Number(fields[17]);
  // After kill -9 the leader is a zombie while other threads still finish a write: alive.
  if ((state === "Z" || state === "X") && threads <= 1) return undefined;
  return fields[19] ?? null;
}

/** A sandbox may have a numbering of its own and the /proc of another, with strangers in it. */
function isProcOurs(): boolean {
  try {
    return readlinkSync("/proc/self") === String(process.pid);
  } catch {
    return false;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM is somebody else's process: it exists.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
