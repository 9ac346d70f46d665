import { uptime } from "node:os";
import { join } from "node:path";
import { readFileSync, writeFileSync } from "node:fs";
import { bootId, readRecord, RECORD_NAME, shellWord, StrongroomError } from "./protocol/index.ts";
import type { Home } from "./protocol/index.ts";

/** How long clients then start no other, in seconds of the machine's running time. */
const PAUSE_S = 30;

/** Notes for other clients that a daemon has the vault and cannot be reached from here. */
export function noteOutOfSight(folder: string): void {
  try {
    writeFileSync(join(folder, name()), String(uptime()), { mode: 0o600 });
  } catch {
    // The next client finds it out by itself.
  }
}

/** Whether a client has noted that lately. */
export function isOutOfSight(folder: string): boolean {
  try {
    const ago = uptime() - Number(readFileSync(join(folder, name()), "utf8"));
    return ago >= 0 && ago < PAUSE_S;
  } catch {
    return false;
  }
}

/** What a client says then: starting more daemons helps nobody. */
export function outOfSight({ vault }: Home): StrongroomError {
  const record = readRecord(join(vault, RECORD_NAME));
  if (record === undefined) {
    return new StrongroomError("UNAVAILABLE", `another daemon has ${vault} and no socket here`, {
      hint: "stop it where it runs: strongroom daemon stop; clients here try again in 30 s",
    });
  }
  const { endpoint, pid } = record;
  return new StrongroomError(
    "UNAVAILABLE",
    `another daemon has ${vault}, process ${pid} where it runs, and its socket ${endpoint} cannot be reached from here`,
    {
      hint: `share that folder too (ls -ld ${shellWord(endpoint)}), or stop it where it runs: strongroom daemon stop; clients here try again in 30 s`,
    },
  );
}

function name(): string {
  return `elsewhere.${bootId() ?? "unknown"}`;
}
