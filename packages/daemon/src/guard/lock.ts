import { join } from "node:path";
import { lookElsewhere } from "./elsewhere.ts";
import type { DeadOwner } from "./elsewhere.ts";
import { hasGenerations, ownersBeside, tryGenerationLock } from "./generation-lock.ts";
import type { Beside } from "./generation-owner.ts";
import type { HeldLock } from "./held-lock.ts";
import { tryKernelLock } from "./kernel-lock.ts";
import { trySqliteLock } from "./sqlite-lock.ts";

const LOCK = ".lock";

/**
 * Tries the best lock that the vault's folder offers: the kernel's; else generations, beside
 * `node:sqlite` where that exists. Once somebody took a generation, all do: so daemons that have
 * `flock`, or sqlite, and those that have not exclude each other.
 */
export async function tryLock(vault: string): Promise<HeldLock | "held"> {
  const path = join(vault, LOCK);
  const kernel = tryKernelLock(path);
  if (kernel === "unsupported") return tryFallback(vault);
  if (kernel === "held") return "held";
  return hasGenerations(path) ? withGeneration(vault, kernel, "kernel") : alone(vault, kernel);
}

/** What `tryLock` does where the kernel has no lock for us. */
export async function tryFallback(vault: string): Promise<HeldLock | "held"> {
  const sqlite = await trySqliteLock(join(vault, `${LOCK}.db`));
  if (sqlite === "held") return "held";
  if (sqlite === "unsupported") return tryGeneration(vault);
  return withGeneration(vault, sqlite, "sqlite");
}

/** The kernel's lock, with a generation beside it when somebody took one before they could see us. */
function alone(vault: string, kernel: HeldLock): HeldLock {
  let lock = kernel;
  return {
    kind: kernel.kind,
    isOurs: () => lock.isOurs(),
    async isSole() {
      if (!hasGenerations(join(vault, LOCK))) return true;
      const beside = await tryGeneration(vault, "kernel");
      if (beside !== "held") lock = both(kernel, beside);
      return beside !== "held";
    },
    release: () => lock.release(),
  };
}

async function withGeneration(
  vault: string,
  lock: HeldLock,
  beside: Beside,
): Promise<HeldLock | "held"> {
  let generation: HeldLock | "held" = "held";
  try {
    generation = await tryGeneration(vault, beside);
  } finally {
    if (generation === "held") lock.release();
  }
  return generation === "held" ? "held" : both(lock, generation);
}

function both(lock: HeldLock, generation: HeldLock): HeldLock {
  return {
    kind: lock.kind,
    isOurs: () => lock.isOurs() && generation.isOurs(),
    release() {
      generation.release();
      lock.release();
    },
  };
}

async function tryGeneration(vault: string, beside?: Beside): Promise<HeldLock | "held"> {
  const path = join(vault, LOCK);
  // Who had the lock that we have now is dead; not so one whom the disk let take no generation.
  const over = beside === undefined ? [] : ownersBeside(path, beside);
  const elsewhere = await lookElsewhere(vault, over);
  if (elsewhere.kind === "alive") return "held";
  const attempt = tryGenerationLock(path, {
    ...(beside === undefined ? {} : { beside }),
    ...(elsewhere.kind === "gone" ? { gone: elsewhere.owner } : {}),
  });
  if (typeof attempt === "string") return "held";
  // One who has the kernel's lock makes a record, and then looks for generations.
  if (await seesNobody(vault, attempt, over)) return attempt;
  attempt.release();
  return "held";
}

async function seesNobody(
  vault: string,
  taken: HeldLock,
  over: readonly DeadOwner[],
): Promise<boolean> {
  try {
    return (await lookElsewhere(vault, over)).kind !== "alive";
  } catch (error) {
    taken.release();
    throw error;
  }
}
