import { readFileSync } from "node:fs";
import { note } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { Scene } from "./scene.ts";

/** Whether the end of a login may end the daemon: systemd ends what belongs to a session. */
export function checkLogin({ record }: Scene): Finding[] {
  const session = record === undefined ? undefined : sessionOf(groupsOf(record.pid));
  if (session === undefined) return [];
  return [
    note(
      "login",
      `the daemon belongs to ${session} and may end with that login; it is started again when needed`,
      "strongroom service install",
    ),
  ];
}

/** The login session that a process belongs to, by its `/proc/PID/cgroup`. */
export function sessionOf(groups: string): string | undefined {
  return /\/(session-[^/\n]+\.scope)(?:\/|$)/m.exec(groups)?.[1];
}

function groupsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    return "";
  }
}
