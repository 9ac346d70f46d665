import { StrongroomError } from "@strongroom/client/protocol";

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** Milliseconds after which another try makes sense where no file can be opened. */
const SCARCE_MS = 200;
const SCARCE = new Set(["EMFILE", "ENFILE"]);

/** What the system answers where something stands in the way, or that is another's. */
const BARRED = new Set(["EACCES", "EEXIST", "EISDIR", "ENOTDIR", "ENOTEMPTY", "EPERM"]);

const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EINVAL: "not a regular file",
  EIO: "the disk reports an error",
  EISDIR: "a folder stands in its place",
  ELOOP: "a symbolic link stands in its place",
  EMFILE: "too many open files",
  ENFILE: "too many open files on this machine",
  ENOENT: "it is missing",
  ENXIO: "not a regular file",
  EPERM: "it belongs to another user",
};

/** The system's code of an error (ENOENT, …); undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether the disk, a quota or the largest file size is used up. */
export function isFull(error: unknown): boolean {
  return FULL.has(codeOf(error) ?? "");
}

/** Whether this process or the machine has no file left to open, which may pass. */
export function isScarce(error: unknown): boolean {
  return SCARCE.has(codeOf(error) ?? "");
}

/** Whether a call was not let do anything, by whose file that is or what stands there. */
export function isBarred(error: unknown): boolean {
  return BARRED.has(codeOf(error) ?? "");
}

/** Whether nothing can be written here at the moment, though all may be read. */
export function isUnwritable(error: unknown): boolean {
  return isFull(error) || codeOf(error) === "EROFS";
}

/** The command that goes on from a damaged vault. */
export const REPAIR_HINT =
  "put the files back from a copy, then: strongroom daemon restart; or save what can be read: strongroom repair --to EMPTYDIR";

/** A file that fails authentication or is missing beside the others. */
export function corrupt(path: string, what: string, cause?: unknown): StrongroomError {
  return new StrongroomError("CORRUPT", `${path}: ${what}`, {
    hint: REPAIR_HINT,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A vault that is older than what it was seen to be. */
export function rolledBack(path: string, what: string): StrongroomError {
  return new StrongroomError("ROLLED_BACK", `${path}: ${what}`, {
    hint: "put the newer files back, then: strongroom daemon restart; or save what is here: strongroom repair --to EMPTYDIR",
  });
}

/** The disk is full, and nothing was changed. */
export function diskFull(path: string, cause: unknown): StrongroomError {
  return new StrongroomError("DISK_FULL", `${path}: no space left; nothing was changed`, {
    hint: "free some space and try again; deleting secrets still works: strongroom delete NAME",
    cause,
  });
}

/** Nothing can be opened at the moment, and nothing was changed. */
export function tooManyFiles(path: string, cause: unknown): StrongroomError {
  return new StrongroomError("BUSY", `${path}: no file can be opened (${codeOf(cause)})`, {
    hint: "raise the limit (ulimit -n), then: strongroom daemon restart; or try again",
    retryAfterMs: SCARCE_MS,
    cause,
  });
}

/** An error of the system as the table has it, naming its file, or `place` where it names none. */
export function trouble(error: unknown, place: string): StrongroomError {
  if (error instanceof StrongroomError) return error;
  const path = pathOf(error) ?? place;
  if (isFull(error)) return diskFull(path, error);
  const code = codeOf(error);
  if (code === "EROFS") {
    return new StrongroomError("READ_ONLY", `${path}: the file system is read-only`, {
      hint: "mount it writable, then: strongroom daemon restart",
      cause: error,
    });
  }
  if (code === undefined) {
    return new StrongroomError("INTERNAL", `${path}: unexpected failure`, { cause: error });
  }
  return new StrongroomError("UNAVAILABLE", `${path}: ${MEANINGS[code] ?? "failed"} (${code})`, {
    hint: "mend the file named here, then: strongroom daemon restart",
    cause: error,
  });
}

function pathOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("path" in error)) return undefined;
  return typeof error.path === "string" ? error.path : undefined;
}
