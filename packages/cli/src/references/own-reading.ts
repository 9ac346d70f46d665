import { readFileSync } from "node:fs";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";

/**
 * Throws `INVALID` where Node was not told to leave our options alone: then it has read the .env
 * file itself, before anybody was asked, and obeyed its NODE_OPTIONS (nodejs/node#54232). It is too
 * late for that file, and in time for the next, which may come from somebody else. Known on Linux
 * alone; what a package manager installs starts Node rightly everywhere.
 */
export function demandOwnReading(): void {
  const words = commandLine();
  const launcher = process.argv[1] ?? "";
  const at = words.findIndex((word) => word.endsWith("strongroom.js"));
  if (at === -1 || words.slice(0, at).includes("--")) return;
  throw new StrongroomError("INVALID", "Node itself reads an --env-file before strongroom does", {
    hint: `tell it not to, by two dashes before our program: node -- ${shellWord(launcher)} run --env-file FILE`,
  });
}

function commandLine(): readonly string[] {
  try {
    return readFileSync("/proc/self/cmdline", "utf8").split("\0");
  } catch {
    return [];
  }
}
