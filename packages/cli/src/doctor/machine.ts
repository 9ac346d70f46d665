import { readFileSync } from "node:fs";
import type { DaemonRecord } from "@strongroom/client/protocol";
import { note, ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** The Node that runs this, which is the one that runs a daemon that is started from here. */
export function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok("node", process.version);
  return problem("node", `${process.version} is too old`, "install Node 20.19 or newer");
}

/** What the system lets others see of the daemon's memory. */
export function checkProcess({ pid }: DaemonRecord): Finding[] {
  if (process.platform !== "linux") return [];
  try {
    return [coreLimit(readFileSync(`/proc/${pid}/limits`, "utf8")), inspector(pid)];
  } catch {
    return [note("process", `process ${pid} cannot be looked at`)];
  }
}

function coreLimit(limits: string): Finding {
  const soft = /^Max core file size\s+(\S+)/m.exec(limits)?.[1];
  if (soft === "0") return ok("core", "a crash leaves no dump of the memory");
  return note(
    "core",
    "a crash may leave a dump of the memory, keys included",
    "ulimit -c 0; strongroom daemon restart",
  );
}

function inspector(pid: number): Finding {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  const opened = words.some((word) => /^--inspect(?:-brk|-wait)?(?:=|$)/.test(word));
  if (!opened) return ok("inspector", "the daemon was not started for debugging");
  return problem(
    "inspector",
    "the daemon was started with an inspector, which shows all secrets",
    "strongroom daemon restart",
  );
}
