import { realpathSync } from "node:fs";
import { join } from "node:path";
import { RECORD_NAME, readRecord } from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { prepareHome } from "./folders.ts";
import type { HeldLock } from "./held-lock.ts";
import { tryLock } from "./lock.ts";
import { isRunning } from "./process-identity.ts";

/** How long a lock without a living owner may stay held: a killed process still ends its threads. */
const DYING_MS = 1000;
const RETRY_MS = 50;

/** A vault that is ours to serve. */
export interface LockedVault {
  /** Its real path. */
  readonly vault: string;
  readonly lock: HeldLock;
}

/**
 * The first steps of a start (DESIGN section 4): looks at the folders of a home, makes what is
 * missing, and takes the lock. Says so when another daemon has it. Throws a `StrongroomError`
 * when this home is refused. Without `mayCreate` a missing vault folder is `NOT_FOUND`.
 */
export async function lockVault(
  home: Home,
  mayCreate: boolean,
): Promise<LockedVault | "already-running"> {
  prepareHome(home, mayCreate);
  const vault = realpathSync(home.vault);
  const until = performance.now() + DYING_MS;
  for (;;) {
    const lock = await tryLock(vault);
    if (lock !== "held") return { vault, lock };
    const record = readRecord(join(vault, RECORD_NAME));
    // Without a living owner on record, it is dying, or starting and not to be seen yet.
    if (record !== undefined && isRunning(record)) return "already-running";
    if (performance.now() > until) return "already-running";
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS * (0.5 + Math.random())));
  }
}
