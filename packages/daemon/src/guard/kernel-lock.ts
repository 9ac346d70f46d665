import { spawnSync } from "node:child_process";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { HeldLock, LockAttempt, LockKind } from "./held-lock.ts";
import { inodeOf, isAt } from "./inode.ts";

const { O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_RDWR } = constants;
/** `O_EXLOCK` of macOS (fcntl.h), which Node does not name. */
const MACOS_O_EXLOCK = 0x20;
/** `UV_FS_O_EXLOCK` of libuv: opened with share mode 0 on Windows. */
const UV_FS_O_EXLOCK = 0x1000_0000;

/** Where flock(1) is looked for: the same for every starter, whatever its PATH. */
const FLOCK_PATH =
  "/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin:/run/current-system/sw/bin";

/** What util-linux flock(1) ends with when the file system has no locks (sysexits.h). */
const NO_LOCKS = new Set([65, 71]);

const TRIES = 5;

/**
 * Tries the kernel's lock on a file that is made when missing and never unlinked. The kernel
 * frees it when the last thread of the holder is gone, and only then.
 */
export function tryKernelLock(path: string): LockAttempt {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const attempt = attemptOnce(path);
    // The file may have been replaced between open and lock; then we hold a lock on nothing.
    if (typeof attempt === "string" || attempt.isOurs()) return attempt;
    attempt.release();
  }
  throw new StrongroomError("UNAVAILABLE", `${path} is being replaced again and again`, {
    hint: "find the program that removes it; the lock file stays for the life of the vault",
  });
}

function attemptOnce(path: string): LockAttempt {
  if (process.platform === "linux") return flock(path);
  const exclusive = process.platform === "win32" ? UV_FS_O_EXLOCK : MACOS_O_EXLOCK | O_NONBLOCK;
  if (process.platform !== "win32" && process.platform !== "darwin") return "unsupported";
  try {
    const file = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | exclusive, 0o600);
    return hold(process.platform === "win32" ? "UV_FS_O_EXLOCK" : "O_EXLOCK", path, file);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN" || code === "EBUSY") return "held";
    if (code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "ENOLCK") return "unsupported";
    throw unusable(path, code, error);
  }
}

/** flock(2) belongs to the open file, so a lock that a child takes on our descriptor is ours. */
function flock(path: string): LockAttempt {
  const { file, named } = openLockFile(path);
  const { error, status } = spawnSync("flock", ["-x", "-n", "3"], {
    stdio: ["ignore", "ignore", "ignore", file],
    env: { PATH: FLOCK_PATH },
  });
  if (status === 0) return hold("flock", named, file);
  closeSync(file);
  if (status === 1) return "held";
  const failure = error !== undefined && "code" in error ? String(error.code) : undefined;
  const missing = failure === "ENOENT";
  if (missing || (status !== null && NO_LOCKS.has(status))) return "unsupported";
  const how =
    failure === undefined ? `ended with ${status ?? "a signal"}` : `cannot be run: ${failure}`;
  throw unusable(path, `flock ${how}`, error);
}

function openLockFile(path: string): { readonly file: number; readonly named: string } {
  // O_NONBLOCK: a FIFO in its place is refused, not waited for.
  const flags = O_NOFOLLOW | O_NONBLOCK;
  try {
    const file = openSync(path, O_RDWR | O_CREAT | flags, 0o600);
    if (fstatSync(file, { bigint: true }).isFile()) return { file, named: path };
    closeSync(file);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    if (code === "EROFS") return openReadOnly(path);
    throw unusable(path, code, error);
  }
  throw unusable(path, "it is not a regular file");
}

/** On a read-only file system: the file if it is there, else the folder, which locks as well. */
function openReadOnly(path: string): { readonly file: number; readonly named: string } {
  try {
    return { file: openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), named: path };
  } catch {
    const folder = dirname(path);
    return { file: openSync(folder, O_RDONLY), named: folder };
  }
}

function hold(kind: LockKind, path: string, file: number): HeldLock {
  const inode = inodeOf(file);
  return { kind, isOurs: () => isAt(path, inode), release: () => closeSync(file) };
}

function unusable(path: string, why: string, cause?: unknown): StrongroomError {
  return new StrongroomError("UNAVAILABLE", `the lock file ${path} cannot be used: ${why}`, {
    hint: `ls -l ${shellWord(path)}; when nothing runs, move it aside`,
    cause,
  });
}
