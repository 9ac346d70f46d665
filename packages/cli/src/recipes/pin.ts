import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Recipe } from "@strongroom/client/protocol";

const OTHERS_WRITE = 0o022n;
/** As many as the system follows. */
const MOST_LINKS = 40;

/**
 * The SHA-256 of a program's file, in hex, where somebody else than root may change it: an agent
 * that works in the program's folder, for one. Undefined for one of the system's own, which its
 * upgrades may replace. `INVALID` where it cannot be read.
 */
export function pinOf(program: string): string | undefined {
  try {
    return isSystems(program) ? undefined : digest(program);
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

/** Whether root alone may change which file that is, in every folder and link on the way to it. */
function isSystems(program: string): boolean {
  if (process.getuid === undefined) return false;
  let links = 0;
  const isRoots = (path: string): boolean => {
    const above = dirname(path);
    const stats = lstatSync(path, { bigint: true });
    if (stats.uid !== 0n || (above !== path && !isRoots(above))) return false;
    if (!stats.isSymbolicLink()) return (stats.mode & OTHERS_WRITE) === 0n;
    links += 1;
    return links <= MOST_LINKS && isRoots(resolve(above, readlinkSync(path)));
  };
  const places = [program, realpathSync(program)];
  return isRoots(program) && (process.getuid() !== 0 || places.every((path) => SYSTEMS.test(path)));
}

/** Root itself may have programs of its own elsewhere. */
const SYSTEMS = /^\/(?:usr|bin|sbin|lib|opt|nix)\//u;

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "an error";
}
