import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { syncFolder } from "../replace-file.ts";

/**
 * Puts a new file (0600), or a folder (0700) with files, in a place: whole or not at all, on the
 * disk when it returns. `ALREADY_EXISTS` where something is, unless `isForced`: then a file goes,
 * and a folder is moved aside; returns where to.
 */
export function fillPlace(
  path: string,
  content: Uint8Array | ReadonlyMap<string, Uint8Array>,
  isForced: boolean,
): string | undefined {
  const fresh = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const isFile = content instanceof Uint8Array;
  demandFree(path, isForced, isFile);
  try {
    if (isFile) writeFile(fresh, content);
    else writeFolder(fresh, content);
    const aside = isFile || !isThere(path) ? undefined : `${fresh.slice(0, -".tmp".length)}.old`;
    if (aside !== undefined) renameSync(path, aside);
    if (isFile && !isForced) linkSync(fresh, path);
    else renameSync(fresh, path);
    rmSync(fresh, { force: true });
    syncFolder(dirname(path));
    return aside;
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw explained(error, path);
  }
}

/** Refuses before anything is asked or read. */
export function demandFree(path: string, isForced: boolean, isFile: boolean): void {
  const there = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (there === undefined) return;
  if (!isForced) throw taken(path);
  const isAsWanted = isFile ? there.isFile() : there.isDirectory();
  if (isAsWanted) return;
  throw new StrongroomError("INVALID", `${path} is not a ${isFile ? "file" : "folder"}`, {
    hint: "name another path",
  });
}

function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  const below = new Set([...files.keys()].map((name) => dirname(name)));
  mkdirSync(folder, { mode: 0o700 });
  for (const each of below) {
    if (each !== ".") mkdirSync(join(folder, each), { mode: 0o700 });
  }
  for (const [name, bytes] of files) writeFile(join(folder, name), bytes);
  for (const each of below) syncFolder(join(folder, each));
}

function writeFile(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false }) !== undefined;
}

function explained(error: unknown, path: string): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  if (code === "EEXIST" || code === "ENOTEMPTY") return taken(path);
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const word = isFull ? "DISK_FULL" : code === "EROFS" ? "READ_ONLY" : "INVALID";
  return new StrongroomError(word, `cannot write ${path}: ${code}`, {
    hint: "name a path in a folder that you may write",
  });
}

function taken(path: string): StrongroomError {
  return new StrongroomError("ALREADY_EXISTS", `${path} is there already`, {
    hint: "name another path, or put it in its place: strongroom export --force --to KIND PATH",
  });
}
