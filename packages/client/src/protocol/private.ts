import { lstatSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { join } from "node:path";
import { StrongroomError } from "./errors.ts";
import { mountedRefusal } from "./mounted-door.ts";
import type { Home } from "./paths.ts";
import { shellWord } from "./shell-word.ts";

const OTHERS = 0o077n;

/**
 * Refuses, changing nothing, what is not a folder of ours alone: `DENIED`, naming the folder
 * and its mend. True when it is there, false when there is nothing. Links in the parents of
 * the folder are fine: the real path is the identity.
 */
export function checkFolder(path: string): boolean {
  const stats = look(path);
  if (stats === undefined) return false;
  if (stats.isSymbolicLink()) {
    throw denied(`${path} is a symbolic link`, `put a folder there, or let its parent be the link`);
  }
  if (!stats.isDirectory())
    throw denied(`${path} is not a folder`, `mv ${shellWord(path)} ${shellWord(`${path}.aside`)}`);
  const uid = process.getuid?.();
  if (uid === undefined) return true;
  if (Number(stats.uid) !== uid) {
    throw denied(
      `${path} belongs to user ${stats.uid}, not to ${uid}`,
      `chown ${uid} ${shellWord(path)}`,
    );
  }
  if ((stats.mode & OTHERS) !== 0n) {
    throw denied(`${path} is open to other users`, `chmod 700 ${shellWord(path)}`);
  }
  return true;
}

/** Refuses anything but a regular file or nothing: `DENIED`, naming it. */
export function checkFile(path: string): void {
  const stats = look(path);
  if (stats === undefined || stats.isFile()) return;
  throw denied(`${path} is not a regular file`, `put the file itself there, not a link to it`);
}

/**
 * What either end looks at before it trusts a home: its folders, the key file and the files
 * that every vault has. Writes nothing; what is missing is fine, and what Deno does not let a client
 * look at is left to the daemon. `isDoor`: what is mounted at `run` is another user's, with the
 * socket for keys.
 */
export function checkHome(home: Home, isDoor = false): void {
  for (const folder of [home.vault, home.config, home.state, home.log, home.run, home.backups]) {
    if (folder !== home.run) checkFolder(folder);
    else if (!isDoor) checkRun(home);
  }
  checkFile(join(home.config, "keyfile"));
  checkFile(join(home.vault, "vault.json"));
  checkFile(join(home.vault, "slots.json"));
}

function checkRun(home: Home): void {
  try {
    checkFolder(home.run);
  } catch (error) {
    // What is mounted there is another's to mend.
    throw mountedRefusal(home) ?? error;
  }
}

function look(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    // A client under Deno need not be permitted what it does not read, such as the key file.
    if (name === "NotCapable") return undefined;
    throw denied(
      `${path} cannot be looked at (${code ?? "unknown"})`,
      `ls -ld ${shellWord(path)}`,
      error,
    );
  }
}

function denied(message: string, hint: string, cause?: unknown): StrongroomError {
  return new StrongroomError("DENIED", message, { hint, cause });
}
