import { createHash } from "node:crypto";
import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Recipe } from "@strongroom/client/protocol";

const OTHERS_WRITE = 0o022n;

/**
 * The SHA-256 of a program's file, in hex, where somebody else than root may change it: an agent
 * that works in the program's folder, for one. Undefined for one of the system's own, which its
 * upgrades may replace. `INVALID` where it cannot be read.
 */
export function pinOf(program: string): string | undefined {
  try {
    const path = realpathSync(program);
    return isSystems(path) ? undefined : digest(path);
  } catch (error) {
    throw new StrongroomError("INVALID", `${program} cannot be read: ${codeOf(error)}`, {
      hint: "strongroom recipe add NAME --env TOKEN=REF -- PROGRAM",
    });
  }
}

/** `DENIED` where the program of a recipe is another than was looked at when it was stored. */
export function demandPinned({ argv: [program = ""], name, sha256 }: Recipe): void {
  if (sha256 === undefined) return;
  let now: string | undefined;
  try {
    now = digest(program);
  } catch {
    // It is not there any more, which is another answer than the one that was pinned.
  }
  if (now === sha256) return;
  throw new StrongroomError("DENIED", `the recipe ${name}: ${program} has changed since`, {
    hint: `look at it, and store the recipe anew: strongroom recipe list; strongroom recipe add ${name} --env TOKEN=REF -- PROGRAM`,
  });
}

function digest(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

function isSystems(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    const { mode, uid } = lstatSync(at, { bigint: true });
    if (process.getuid === undefined || uid !== 0n || (mode & OTHERS_WRITE) !== 0n) return false;
    if (at === dirname(at)) return process.getuid() !== 0 || SYSTEMS.test(path);
  }
}

/** Root itself may have programs of its own elsewhere. */
const SYSTEMS = /^\/(?:usr|bin|sbin|lib|opt|nix)\//u;

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "an error";
}
