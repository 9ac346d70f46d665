import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { DaemonProgram } from "@strongroom/client";
import { DAEMON_WORD, singleFile } from "@strongroom/client/protocol";

/** The daemon installed with this command line; a program to start, never code to import. */
export function daemonProgram(...args: readonly string[]): DaemonProgram {
  const command = singleFile();
  if (command !== undefined) return { command, args: [DAEMON_WORD, ...args] };
  const manifest = createRequire(import.meta.url).resolve("@strongroom/daemon/package.json");
  const launcher = join(dirname(manifest), "bin", "strongroomd.js");
  return { command: process.execPath, args: [launcher, ...args] };
}
