import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { makeFolder, shellWord, StrongroomError } from "@strongroom/client/protocol";
import { syncFolder } from "../replace-file.ts";

const MOST_BYTES = 16_777_216n;

/** A tool's file as it was found. */
export interface ConfigFile {
  /** As it was named. */
  readonly file: string;
  /** Where it really is, behind all links. */
  readonly path: string;
  /** Undefined when it is not there. */
  readonly text: string | undefined;
  readonly mode: number;
  readonly gid: number | undefined;
}

/**
 * Looks at a tool's file; links are followed, and stay. `DENIED` for what is not a regular file of
 * ours, `INVALID` for what is no text.
 */
export function openConfig(file: string): ConfigFile {
  const path = realPath(file);
  let opened: number;
  try {
    const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;
    opened = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      return { file, path, text: undefined, mode: 0o600, gid: undefined };
    }
    throw new StrongroomError("INVALID", `${path} cannot be read: ${codeOf(error)}`, {
      hint: `look at it: ls -l ${shellWord(path)}`,
    });
  }
  try {
    const { gid, isFile, mode, nlink, size, uid } = lookAt(opened);
    if (!isFile) throw denied(`${path} is not a regular file`, "put the file itself there");
    const we = process.geteuid?.();
    if (we !== undefined && uid !== we) {
      throw denied(
        `${path} belongs to user ${uid}, not to ${we}`,
        "repeat the command as that user",
      );
    }
    if (nlink > 1n) {
      throw denied(
        `${path} has other names (hard links), which would keep what is in it`,
        "make it a file of its own: cp it, and mv the copy into its place",
      );
    }
    if (size > MOST_BYTES) throw invalid(`${path} is larger than ${MOST_BYTES} bytes`);
    const bytes = readFileSync(opened);
    if (!isUtf8(bytes)) throw invalid(`${path} is no UTF-8 text`);
    return { file, path, text: bytes.toString(), mode, gid };
  } finally {
    closeSync(opened);
  }
}

function lookAt(file: number): {
  readonly gid: number;
  readonly isFile: boolean;
  readonly mode: number;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly uid: number;
} {
  const stats = fstatSync(file, { bigint: true });
  return {
    gid: Number(stats.gid),
    isFile: stats.isFile(),
    mode: Number(stats.mode & 0o7777n),
    nlink: stats.nlink,
    size: stats.size,
    uid: Number(stats.uid),
  };
}

/** Through all links; of a file that is not there, its folder's. A link to nothing is `DENIED`. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") {
      throw new StrongroomError("INVALID", `${file} cannot be reached: ${codeOf(error)}`, {
        hint: `look at it: ls -l ${shellWord(file)}`,
      });
    }
  }
  if (isThere(file))
    throw denied(`${file} is a link to nothing`, `remove it: rm ${shellWord(file)}`);
  const folder = dirname(file);
  return folder === file ? file : join(realPath(folder), basename(file));
}

function isThere(file: string): boolean {
  return lstatSync(file, { bigint: true, throwIfNoEntry: false }) !== undefined;
}

/**
 * Puts another text, or nothing, in the place of what was found: whole or not at all, with the mode
 * and group that it had. `CONFLICT` when it is not any more what was found, `BUSY` while somebody
 * has its lock.
 */
export function changeConfig(found: ConfigFile, next: string | undefined): void {
  const { file, path } = found;
  const folder = dirname(path);
  makeFolder(folder);
  // As git and kubectl take it while they write: git beside the file itself, kubectl beside the link.
  const locks = [...new Set([`${file}.lock`, `${path}.lock`])];
  const taken: string[] = [];
  try {
    for (const lock of locks) taken.push(take(lock));
    if (next === undefined) {
      demandSame(found);
      rmSync(path, { force: true });
    } else replace(found, next);
    syncFolder(folder);
  } finally {
    for (const lock of taken) rmSync(lock, { force: true });
  }
}

function take(lock: string): string {
  try {
    closeSync(openSync(lock, "wx", 0o600));
    return lock;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw unwritable(lock, error);
    throw new StrongroomError("BUSY", `${lock} is there: its program is writing, or was killed`, {
      hint: "try again in a moment, or remove it if nothing runs that made it",
    });
  }
}

function replace(found: ConfigFile, text: string): void {
  const { gid, mode, path } = found;
  const fresh = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = openSync(fresh, "wx", 0o600);
    try {
      writeFileSync(file, text);
      if (gid !== undefined && lookAt(file).gid !== gid) fchownSync(file, -1, gid);
      fchmodSync(file, mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // Last: who takes no lock may have written meanwhile.
    demandSame(found);
    renameSync(fresh, path);
  } catch (error) {
    throw error instanceof StrongroomError ? error : unwritable(path, error);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function demandSame({ path, text }: ConfigFile): void {
  if (openConfig(path).text === text) return;
  throw new StrongroomError("CONFLICT", `${path} was changed meanwhile; nothing was done`, {
    hint: "repeat the command, and look at what it shows",
  });
}

function unwritable(path: string, error: unknown): StrongroomError {
  const code = codeOf(error);
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const word = isFull ? "DISK_FULL" : code === "EROFS" ? "READ_ONLY" : "INVALID";
  return new StrongroomError(word, `cannot write ${path}: ${code}`, {
    hint: `make it yours to write, then repeat the command: ls -l ${shellWord(path)}`,
  });
}

function denied(message: string, hint: string): StrongroomError {
  return new StrongroomError("DENIED", message, { hint });
}

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroom help connect" });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "an error";
}
