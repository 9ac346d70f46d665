import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LAST_EXIT_NAME, readLastExit } from "@strongroom/client/protocol";
import type { DaemonRecord, LastExit } from "@strongroom/client/protocol";
import type { Ending } from "../ending.ts";
import { temporaryName } from "./clear.ts";

/** Writes down how this daemon ends. A disk that takes it not is no reason to end otherwise. */
export function writeLastExit(state: string, exit: LastExit): void {
  const path = join(state, LAST_EXIT_NAME);
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, `${JSON.stringify(exit)}\n`, { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // Said on stderr and in the log all the same.
  }
}

/** The same of this process, now; `isEnding`: it is not gone yet. */
export function noteExit(state: string, ending: Ending, isEnding = false): void {
  const { reason, status: code } = ending;
  const exit = { time: Date.now(), pid: process.pid, code, reason };
  writeLastExit(state, isEnding ? { ...exit, isEnding } : exit);
}

/**
 * Why the daemon before this one ended, for people: what it wrote down, or, when it left its
 * record and wrote nothing, that it was killed. Null when there was none.
 */
export function describeLastExit(state: string, leftover: DaemonRecord | undefined): string | null {
  const written = readLastExit(state);
  if (leftover !== undefined && written?.pid !== leftover.pid) {
    return `pid ${leftover.pid} ended without a word: it was killed, or the machine went down`;
  }
  if (written === undefined) return null;
  const { pid, code, isEnding, reason, time } = written;
  if (isEnding === true) return `pid ${pid} did not come to its end: ${reason}`;
  return `pid ${pid} ended with status ${code} at ${new Date(time).toISOString()}: ${reason}`;
}
