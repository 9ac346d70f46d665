import { closeSync, fsyncSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { syncFolder } from "./replace-file.ts";

/** A new file, 0600, on disk with its name when this returns; never over something that is there. */
export function writeNewFile(path: string, content: string | Uint8Array, hint: string): void {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    throw explain(error, path, hint);
  }
  try {
    writeFileSync(file, content);
    fsyncSync(file);
    syncFolder(dirname(path));
  } catch (error) {
    unlinkSync(path);
    throw explain(error, path, hint);
  } finally {
    closeSync(file);
  }
}

function explain(error: unknown, path: string, hint: string): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  if (code === "EEXIST")
    return new StrongroomError("ALREADY_EXISTS", `${path} is there already`, { hint });
  const full = code === "ENOSPC" || code === "EDQUOT";
  const word = full ? "DISK_FULL" : code === "EROFS" ? "READ_ONLY" : "INVALID";
  return new StrongroomError(word, `cannot write ${path}: ${code}`, { hint });
}
