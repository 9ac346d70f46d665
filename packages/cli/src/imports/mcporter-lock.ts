import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { StrongroomError } from "@strongroom/client/protocol";
import { exists } from "../proc-stat.ts";

const LOOK_MS = 25;
const MOST_MS = 30_000;
const REFRESH_MS = 10_000;

const HELD = "mcporter holds ";

/** How mcporter's lock is waited for. */
export interface Waiting {
  /** Milliseconds until that is `BUSY`; absent = 30 seconds. */
  readonly patience?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** Works while nobody else changes mcporter's file: under its own lock, made as it makes it. */
export async function underLock<T>(
  file: string,
  work: () => Promise<T>,
  waiting: Waiting = {},
): Promise<T> {
  const lock = `${file}.lock`;
  await taken(lock, waiting);
  try {
    return await work();
  } finally {
    unlinkSync(lock);
  }
}

async function taken(lock: string, { patience = MOST_MS, signal }: Waiting): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return make(lock);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (performance.now() > end) {
      throw new StrongroomError("BUSY", `${HELD}${lock}`, {
        hint: "end mcporter, or remove the file if none runs, then repeat the command",
      });
    }
    await pause(LOOK_MS, undefined, signal && { signal });
  }
}

/** Whether an error says that mcporter's lock stays. */
export function isHeldLock(error: StrongroomError, file: string): boolean {
  return error.message === `${HELD}${file}.lock`;
}

/** Resolves when that lock is gone, or after 30 seconds. */
export async function untilFree(file: string, signal: AbortSignal): Promise<void> {
  const end = performance.now() + MOST_MS;
  while (existsSync(`${file}.lock`) && performance.now() < end) {
    await pause(4 * LOOK_MS, undefined, { signal });
  }
}

function make(lock: string): void {
  const made = openSync(lock, "wx", 0o600);
  try {
    writeSync(made, `${process.pid}\n${new Date().toISOString()}\n`);
  } catch (error) {
    // A full disk: one that says nothing would stand in everybody's way.
    unlinkSync(lock);
    throw error;
  } finally {
    closeSync(made);
  }
}

/** Resolves when no mcporter refreshes a token: each holds a lock of its own meanwhile. */
export async function untilNoRefresh(file: string): Promise<void> {
  const folder = join(dirname(file), "refresh-locks");
  const end = performance.now() + MOST_MS;
  while (locksIn(folder).some((lock) => isHeld(join(folder, lock)))) {
    if (performance.now() > end) {
      throw new StrongroomError("BUSY", `mcporter refreshes a token: ${folder}`, {
        hint: "wait until it has, then repeat the command",
      });
    }
    await pause(LOOK_MS);
  }
}

/** Whether that mcporter holds a lock while it refreshes. Its versions up to 0.12 do not. */
export function hasRefreshLocks(file: string): boolean {
  return existsSync(join(dirname(file), "refresh-locks"));
}

/**
 * Whether `isThere` what a refresh without a lock has brought, within the time in which one that
 * had begun before has stored it: later versions of mcporter give a server no longer.
 */
export async function untilStored(isThere: () => boolean): Promise<boolean> {
  const end = performance.now() + REFRESH_MS;
  while (!isThere()) {
    if (performance.now() > end) return false;
    await pause(LOOK_MS);
  }
  return true;
}

function locksIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".lock"));
  } catch {
    return [];
  }
}

function isHeld(lock: string): boolean {
  try {
    const pid = Number(/^\d+/u.exec(readFileSync(lock, "utf8"))?.[0]);
    // One that is just being made says nothing yet.
    return Number.isNaN(pid) || exists(pid);
  } catch {
    return false;
  }
}
