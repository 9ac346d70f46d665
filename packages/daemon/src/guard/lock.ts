import { join } from "node:path";
import { lookElsewhere } from "./elsewhere.ts";
import { tryGenerationLock } from "./generation-lock.ts";
import type { HeldLock } from "./held-lock.ts";
import { tryKernelLock } from "./kernel-lock.ts";
import { trySqliteLock } from "./sqlite-lock.ts";

/**
 * Tries the best lock that the vault's folder offers: the kernel's; else generations, beside
 * `node:sqlite` where that exists. Generations are taken in both cases, so that daemons of
 * a Node with sqlite and of one without exclude each other.
 */
export async function tryLock(vault: string): Promise<HeldLock | "held"> {
  const kernel = tryKernelLock(join(vault, ".lock"));
  if (kernel !== "unsupported") return kernel;
  return tryFallback(vault);
}

/** What `tryLock` does where the kernel has no lock for us. */
export async function tryFallback(vault: string): Promise<HeldLock | "held"> {
  const elsewhere = await lookElsewhere(vault);
  if (elsewhere.kind === "alive") return "held";
  const gone = elsewhere.kind === "gone" ? elsewhere.owner : undefined;
  const sqlite = await trySqliteLock(join(vault, ".lock.db"));
  if (sqlite === "held") return "held";
  if (sqlite === "unsupported")
    return settled(tryGenerationLock(join(vault, ".lock"), false, gone));
  const generation = settled(tryGenerationLock(join(vault, ".lock"), true));
  if (generation === "held") {
    sqlite.release();
    return "held";
  }
  return {
    kind: "sqlite",
    isOurs: () => sqlite.isOurs() && generation.isOurs(),
    release: () => sqlite.release(),
  };
}

function settled(attempt: ReturnType<typeof tryGenerationLock>): HeldLock | "held" {
  return attempt === "unsupported" ? "held" : attempt;
}
