import { realpathSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { RECORD_NAME, readRecord } from "@strongroom/client/protocol";
import type { Home, PathEnvironment } from "@strongroom/client/protocol";
import { prepareHome } from "./folders.ts";
import type { HeldLock } from "./held-lock.ts";
import { tryLock } from "./lock.ts";
import { Ownership } from "./ownership.ts";
import { isRunning } from "./process-identity.ts";
import { sweepSpawnClaims } from "./spawn-claims.ts";

/** How long a lock without a living owner may stay held: a killed process still ends its threads. */
const DYING_MS = 1000;
const RETRY_MS = 50;

/** What a start needs. */
export interface StartOptions {
  readonly home: Home;
  readonly env: PathEnvironment;
  /** Whether a vault may be born in this home. */
  readonly mayCreate: boolean;
  /** Called with each socket server before it listens, first from within `acquire`. */
  readonly attach: (server: Server) => void;
  /** Called when the record could not be written; the watch tries again. */
  readonly unpublished: (error: unknown) => void;
}

/**
 * Becomes the one daemon of a vault, in the order that DESIGN section 4 gives: folders, lock,
 * socket, record. Says so when another one is. Throws a `StrongroomError` when this home is refused.
 */
export async function acquire(options: StartOptions): Promise<Ownership | "already-running"> {
  const { home, env, mayCreate, attach, unpublished } = options;
  prepareHome(home, mayCreate);
  const lock = await lockOrOwner(realpathSync(home.vault));
  if (lock === "held") return "already-running";
  const ownership = new Ownership({ home, env, lock, attach });
  try {
    await ownership.endpoint.publish();
  } catch (error) {
    await ownership.release();
    throw error;
  }
  await ownership.publishRecord().catch(unpublished);
  await sweepSpawnClaims(home.run);
  return ownership;
}

/** Waits a little for a lock whose owner is dying, or starting and not to be seen yet. */
async function lockOrOwner(vault: string): Promise<HeldLock | "held"> {
  const until = performance.now() + DYING_MS;
  for (;;) {
    const lock = await tryLock(vault);
    if (lock !== "held" || performance.now() > until) return lock;
    const record = readRecord(join(vault, RECORD_NAME));
    if (record !== undefined && isRunning(record)) return "held";
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS * (0.5 + Math.random())));
  }
}
