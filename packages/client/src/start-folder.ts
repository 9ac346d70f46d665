import { accessSync, constants } from "node:fs";
import { checkFolder, makeFolder, temporaryFolder } from "./protocol/index.ts";
import type { Home } from "./protocol/index.ts";
import { systemCode } from "./system-error.ts";

/**
 * The folder in which clients agree who starts a daemon and note how that went: `run/` of the home,
 * or, where that is on a read-only disk, the user's own in the temporary folder, as for sockets.
 */
export function startFolder(home: Home): string {
  const uid = process.getuid?.();
  return uid !== undefined && isReadOnly(home.run) ? temporaryFolder(uid) : home.run;
}

/** The same folder, made where it is missing; `DENIED` when it is not its user's alone. */
export function makeStartFolder(home: Home): string {
  const folder = startFolder(home);
  makeFolder(folder);
  checkFolder(folder);
  return folder;
}

function isReadOnly(run: string): boolean {
  try {
    accessSync(run, constants.W_OK);
    return false;
  } catch (error) {
    return systemCode(error) === "EROFS";
  }
}
