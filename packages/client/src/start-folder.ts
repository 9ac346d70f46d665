import { accessSync, constants, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  checkFolder,
  makeFolder,
  StrongroomError,
  temporaryFolder,
  vaultIdentity,
} from "./protocol/index.ts";
import type { Home } from "./protocol/index.ts";
import { systemCode } from "./system-error.ts";

/**
 * The folder in which clients agree who starts a daemon and note how that went: `run/` of the home,
 * or, where that is on a read-only disk, one in the user's own in the temporary folder, where the
 * sockets are then too; `DENIED` when that is not its user's alone.
 */
export function startFolder(home: Home): string {
  const uid = process.getuid?.();
  if (uid === undefined || !isReadOnly(home.run, home.vault)) return home.run;
  const own = temporaryFolder(uid);
  demandOwn(own);
  return join(own, `starts-${vaultIdentity(home.vault)}`);
}

/** Everybody may have made it, and in a temporary folder nobody else may mend or remove that. */
function demandOwn(folder: string): void {
  try {
    checkFolder(folder);
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    throw new StrongroomError("DENIED", error.message, {
      hint: "have its owner or root remove it; or, with a folder of your own: export TMPDIR=FOLDER",
      cause: error,
    });
  }
}

/** The same folder, made where it is missing. */
export function makeStartFolder(home: Home): string {
  const folder = startFolder(home);
  makeFolder(folder);
  checkFolder(folder);
  // Once more: it may have been made by somebody else meanwhile.
  return startFolder(home);
}

function isReadOnly(folder: string, vault: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    const above = dirname(folder);
    // It would be made; and where there is no vault one would be.
    if (systemCode(error) === "ENOENT" && above !== folder && existsSync(vault)) {
      return isReadOnly(above, vault);
    }
    return systemCode(error) === "EROFS";
  }
}
