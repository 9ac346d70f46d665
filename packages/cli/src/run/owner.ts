import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { bootId } from "@strongroom/client/protocol";
import { exists, procStat } from "../proc-stat.ts";

const NAME = /^run-(\d+)-(\d+)-([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{8})-[0-9a-f]{8}$/u;

/**
 * A new name for the folder of this process: its pid and when it started, and by hashes the machine,
 * the boot and the namespace of pids in which these say who it is.
 */
export function ownFolderName(): string {
  const random = randomBytes(4).toString("hex");
  return `run-${process.pid}-${startOf(process.pid)}-${scope().join("")}-${random}`;
}

/**
 * Whether the owner of a folder of such a name is known to be gone. One of another machine, or of
 * another container, is not known: its pid means somebody else here.
 */
export function isOrphan(name: string): boolean {
  const [, pid, start, ...theirs] = NAME.exec(name) ?? [];
  const [machine, boot, namespace] = scope();
  if (pid === undefined || theirs[0] !== machine) return false;
  if (theirs[1] !== boot) return true;
  if (theirs[2] !== namespace) return false;
  return !(exists(Number(pid)) && startOf(Number(pid)) === start);
}

function scope(): readonly [machine: string, boot: string, namespace: string] {
  const machine = attempt(() => readFileSync("/etc/machine-id", "utf8").trim()) || hostname();
  const namespace = attempt(() => readlinkSync("/proc/self/ns/pid"));
  return [hashed(machine), hashed(bootId() ?? ""), hashed(namespace)];
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

function hashed(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

// Where the system does not say when a process began, its number alone has to do.
function startOf(pid: number): string {
  return procStat(pid)?.startTime ?? "0";
}
