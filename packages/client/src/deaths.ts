import { readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { bootId } from "./protocol/index.ts";

/** How many daemons may die at their start within the window before clients stop trying. */
const ENOUGH = 3;
const WINDOW_S = 60;
/** How long clients then leave it alone, counted from the last death. */
const PAUSE_S = 30;
const REASON_CHARACTERS = 500;

interface Death {
  /** Seconds of the machine's running time. */
  readonly at: number;
  readonly reason: string;
}

/**
 * Notes in `run/` that a daemon died before it served. One file each, named by boot and pid,
 * created exclusively, so that nobody counts a death twice or writes over another's note.
 */
export function recordDeath(run: string, pid: number, reason: string): void {
  const note: Death = { at: uptime(), reason: reason.slice(-REASON_CHARACTERS) };
  try {
    const name = `${prefix()}${pid}.${Math.floor(note.at)}`;
    writeFileSync(join(run, name), JSON.stringify(note), { flag: "wx", mode: 0o600 });
  } catch {
    // A folder that takes no note is the next thing the daemon itself will complain of.
  }
}

/** The last exit reason, when so many daemons died lately that starting another is pointless. */
export function givenUp(run: string): string | undefined {
  const now = uptime();
  const deaths = recall(run, now).toSorted((a, b) => a.at - b.at);
  const last = deaths.at(-1);
  const third = deaths.at(-ENOUGH);
  if (last === undefined || third === undefined) return undefined;
  return last.at - third.at <= WINDOW_S && now - last.at < PAUSE_S ? last.reason : undefined;
}

/** Why the last daemon died at its start, if one did lately. */
export function lastReason(run: string): string | undefined {
  return recall(run, uptime())
    .toSorted((a, b) => a.at - b.at)
    .at(-1)?.reason;
}

function recall(run: string, now: number): Death[] {
  const deaths: Death[] = [];
  for (const name of names(run)) {
    const path = join(run, name);
    const death = name.startsWith(prefix()) ? read(path) : undefined;
    if (death === undefined || now - death.at > WINDOW_S + PAUSE_S) forget(path);
    else deaths.push(death);
  }
  return deaths;
}

function names(run: string): string[] {
  try {
    return readdirSync(run).filter((name) => name.startsWith("death."));
  } catch {
    return [];
  }
}

function read(path: string): Death | undefined {
  try {
    const { at, reason } = JSON.parse(readFileSync(path, "utf8")) as Partial<Death>;
    return typeof at === "number" && typeof reason === "string" ? { at, reason } : undefined;
  } catch {
    // A full disk takes the name and no text.
    const at = Number(path.slice(path.lastIndexOf(".") + 1));
    return Number.isFinite(at)
      ? { at, reason: "why could not be noted: the disk is full" }
      : undefined;
  }
}

function forget(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Another client was quicker.
  }
}

function prefix(): string {
  return `death.${bootId() ?? "unknown"}.`;
}
