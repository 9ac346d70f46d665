import { readFileSync } from "node:fs";
import { LIMITS } from "@strongroom/client/protocol";

/** Open files that the vault, its log and Node itself need, in the middle of a compaction too. */
const OWN_FILES = 48;
/** Below that many clients a daemon is of no use. */
const FEWEST = 4;

/** How many clients may be connected where a process may have so many files open. */
export function connectionsWithin(openFiles: number): number {
  return Math.min(Math.max(openFiles - OWN_FILES, FEWEST), LIMITS.connections);
}

/** The same for this process; systems without `/proc` give a process enough files. */
export function mostConnections(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "latin1");
    const openFiles = /^Max open files +(\d+)/m.exec(limits)?.[1];
    return connectionsWithin(openFiles === undefined ? Infinity : Number(openFiles));
  } catch {
    return LIMITS.connections;
  }
}
