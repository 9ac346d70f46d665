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
}

/** The file in `state/` that tells how the last daemon ended. */
export const LAST_EXIT_NAME = "last-exit.json";

/** Reads how the last daemon of a home ended; undefined when nothing readable says so. */
export function readLastExit(state: string): LastExit | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(state, LAST_EXIT_NAME), "utf8"));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const { time, pid, code, reason } = parsed as { readonly [field: string]: unknown };
    if (typeof time !== "number" || typeof pid !== "number" || typeof code !== "number") {
      return undefined;
    }
    return typeof reason === "string" ? { time, pid, code, reason } : undefined;
  } catch {
    return undefined;
  }
}
