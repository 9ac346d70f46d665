import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { isSame } from "./elsewhere.ts";
import type { DeadOwner } from "./elsewhere.ts";
import { mayLive, ourselves, ownerOf } from "./generation-owner.ts";
import type { Beside, Owner } from "./generation-owner.ts";
import type { LockAttempt } from "./held-lock.ts";
import { unlockable } from "./unlockable.ts";

/** Older generations that stay: whoever listed the folder a moment ago may still count on them. */
const KEPT = 16;
const TRIES = 100;
/** How old a temporary file is that nobody will link any more. */
const LEFT_MS = 600_000;

/**
 * The lock of last resort: files `<path>.<n>`, each made by `link` of n + 1 when the owner of
 * the highest is dead. The highest is never unlinked, so no two can take over from one owner.
 * `beside` is a lock that we hold already; `gone` is an owner of another container that is known to be
 * dead. `UNAVAILABLE` where whoever has it cannot be seen, `DISK_FULL` and `READ_ONLY` where the
 * folder takes none and we hold no lock besides.
 */
export function tryGenerationLock(
  path: string,
  { beside, gone }: { readonly beside?: Beside; readonly gone?: DeadOwner } = {},
): LockAttempt {
  const self = ourselves(dirname(path), beside);
  const temporary = `${path}.tmp${randomBytes(4).toString("hex")}`;
  const need = { isNeeded: beside === undefined };
  let isWritten = writeOwner(temporary, self, need);
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const head = highest(path);
      const owner = head > 0 ? ownerOf(nameOf(path, head)) : undefined;
      const isGone = gone !== undefined && isSame(owner, gone);
      if (!isGone && mayLive(owner, self, dirname(path))) return "held";
      const mine = head + 1;
      const came = isWritten ? linkTo(temporary, nameOf(path, mine), need) : "refused";
      if (came === "refused" && highest(path) === head) return asLongAs(path, head);
      if (came === "swept") isWritten = writeOwner(temporary, self, need);
      if (came !== "linked") continue;
      // Swept generations can be made again by one who slept: then a higher one stands.
      if (highest(path) !== mine) continue;
      sweep(path, mine - KEPT);
      return {
        kind: "generations",
        isOurs: () => highest(path) === mine,
        release: () => giveUp(path, mine, self),
      };
    }
    return "held";
  } finally {
    if (isWritten) rmSync(temporary, { force: true });
  }
}

/** Where the disk takes no file, who has a lock besides has the vault until somebody takes the next. */
function asLongAs(path: string, head: number): LockAttempt {
  return { kind: "generations", isOurs: () => highest(path) === head, release: () => undefined };
}

/** Whoever had this lock besides a generation that is kept: dead, or done, if it is ours now. */
export function ownersBeside(path: string, beside: Beside): DeadOwner[] {
  const owners = generations(path).map((generation) => ownerOf(nameOf(path, generation)));
  return owners.filter((owner) => owner !== undefined).filter((owner) => owner.beside === beside);
}

/** Whether anybody ever took a generation there. */
export function hasGenerations(path: string): boolean {
  return highest(path) > 0;
}

/** The next generation is nobody's: another container need not ask whether this process lives. */
function giveUp(path: string, mine: number, self: Owner): void {
  const temporary = `${path}.tmp${randomBytes(4).toString("hex")}`;
  try {
    writeOwner(temporary, { ...self, pid: 0 }, { isNeeded: true });
    linkTo(temporary, nameOf(path, mine + 1), { isNeeded: true });
    rmSync(temporary, { force: true });
  } catch {
    // The disk takes it not; the end of the process says the same to all who see it.
  }
}

function nameOf(path: string, generation: number): string {
  return `${path}.${generation.toString(16).padStart(12, "0")}`;
}

function generations(path: string): number[] {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^[0-9a-f]{12}$/u.test(name.slice(prefix.length)))
    .map((name) => Number.parseInt(name.slice(prefix.length), 16));
}

function highest(path: string): number {
  return Math.max(0, ...generations(path));
}

function sweep(path: string, below: number): void {
  for (const generation of generations(path)) {
    if (generation < below) unlinkSync(nameOf(path, generation));
  }
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.tmp`)) continue;
    // What a starter left that was killed; a younger one may be in use.
    const left = join(folder, name);
    const made = statSync(left, { bigint: true, throwIfNoEntry: false })?.mtimeMs;
    if (made !== undefined && Date.now() - Number(made) > LEFT_MS) rmSync(left, { force: true });
  }
}

/** Whether it is there by that name now, or why not; a throw if it `isNeeded` and nothing can be. */
function linkTo(
  from: string,
  to: string,
  { isNeeded }: { readonly isNeeded: boolean },
): "linked" | "refused" | "swept" | "taken" {
  try {
    linkSync(from, to);
    return "linked";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return "taken";
    // Who stands still for long comes back to nothing, which says nothing of the disk.
    if (code === "ENOENT") return "swept";
    if (!isNeeded) return "refused";
    throw new StrongroomError(
      "UNAVAILABLE",
      `${dirname(to)} offers neither locks nor hard links (${code ?? "unknown"})`,
      { hint: "set STRONGROOM_HOME to a folder on a local disk", cause: error },
    );
  }
}

/** Whether there is a file of the owner now; throws where there is none and it `isNeeded`. */
function writeOwner(
  path: string,
  owner: Owner,
  { isNeeded }: { readonly isNeeded: boolean },
): boolean {
  try {
    writeWhole(path, JSON.stringify(owner));
    return true;
  } catch (error) {
    if (isNeeded) throw unlockable(path, error);
    return false;
  }
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    // Half of it would name nobody, whom anybody may follow.
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}
