import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DaemonProgram } from "./launch.ts";
import { DAEMON_WORD, singleFile, StrongroomError } from "./protocol/index.ts";

/**
 * The daemon's program: that of the `@strongroom/daemon` installed beside this package, else
 * beside the program that runs, or the single file that both are. It is started, never imported; the working directory has no say.
 */
export function findDaemonProgram(): DaemonProgram {
  const command = singleFile();
  if (command !== undefined) return { command, args: [DAEMON_WORD] };
  const main = process.argv[1];
  const places = [import.meta.url, ...(main === undefined ? [] : [pathToFileURL(main).href])];
  for (const place of places) {
    try {
      const manifest = createRequire(place).resolve("@strongroom/daemon/package.json");
      const launcher = join(dirname(manifest), "bin", "strongroomd.js");
      return { command: process.execPath, args: [launcher] };
    } catch {
      // Not installed beside this one.
    }
  }
  throw new StrongroomError("UNAVAILABLE", "no daemon runs, and none is installed here", {
    hint: "npm install @strongroom/daemon, or start one: strongroom daemon start",
  });
}
