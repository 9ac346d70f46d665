import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";

/** Puts a file in place, 0600, whole or not at all, and on the disk with its name when it returns. */
export function replaceFile(path: string, content: Uint8Array): void {
  const fresh = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = openSync(fresh, "wx", 0o600);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(fresh, { force: true });
    throw explained(error, path);
  }
}

/** Has the names in a folder on the disk. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function explained(error: unknown, path: string): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  const full = code === "ENOSPC" || code === "EDQUOT";
  const word = full ? "DISK_FULL" : code === "EROFS" ? "READ_ONLY" : "INVALID";
  return new StrongroomError(word, `cannot write ${path}: ${code}`, {
    hint: mend(code, dirname(path)),
  });
}

function mend(code: string, folder: string): string {
  if (code === "ENOENT") return `mkdir -p ${shellWord(folder)}`;
  return code === "ENOSPC" ? `df ${shellWord(folder)}` : `ls -ld ${shellWord(folder)}`;
}
