import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How a daemon ended, as it wrote down itself; a killed one writes nothing. */
export interface LastExit {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly pid: number;
  /** Its exit status. */
  readonly code: number;
  /** One sentence, safe to print. */
  readonly reason: string;
  /** It has not ended yet: it waits for refreshes that it has begun, and answers nobody. */
  readonly isEnding?: true;
}

/** A daemon that ends waits for no more than ten seconds; milliseconds. */
const LONGEST_END_MS = 60_000;

/** The file in `state/` that tells how the last daemon ended. */
export const LAST_EXIT_NAME = "last-exit.json";

/** Reads how the last daemon of a home ended; undefined when nothing readable says so. */
export function readLastExit(state: string): LastExit | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(state, LAST_EXIT_NAME), "utf8"));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const { time, pid, code, reason, isEnding } = parsed as { readonly [field: string]: unknown };
    if (typeof time !== "number" || typeof pid !== "number" || typeof code !== "number") {
      return undefined;
    }
    if (typeof reason !== "string") return undefined;
    return { time, pid, code, reason, ...(isEnding === true ? { isEnding } : {}) };
  } catch {
    return undefined;
  }
}

/**
 * The daemon of a home that has begun to end and is there yet. One that was killed meanwhile is not
 * taken for another process that has its number since.
 */
export function readEnding(state: string, now: number): LastExit | undefined {
  const last = readLastExit(state);
  if (last?.isEnding !== true || Math.abs(now - last.time) > LONGEST_END_MS) return undefined;
  try {
    process.kill(last.pid, 0);
    return last;
  } catch {
    return undefined;
  }
}
