import {
  checkFolder,
  checkHome,
  makeFolder,
  shellWord,
  StrongroomError,
} from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { closeToOthers, demandClosed } from "./access.ts";

/** What a disk answers that takes nothing more; reads can be served all the same. */
const UNWRITABLE = new Set(["EDQUOT", "ENOSPC", "EROFS"]);

/**
 * Makes the folders of a home, after a look at all that is there: what is not ours alone is
 * refused (`DENIED`, with the mend) before anything is written. Without `mayCreate` a missing
 * vault folder is `NOT_FOUND`. Expects umask 077.
 */
export function prepareHome(home: Home, mayCreate: boolean): void {
  checkHome(home);
  if (!mayCreate && !checkFolder(home.vault)) {
    throw new StrongroomError("NOT_FOUND", `there is no vault in ${home.vault}`, {
      hint: "strongroom init",
    });
  }
  const others = [home.config, home.state, home.log, home.run, home.backups];
  // Of a new home some may be there already: a client has put its claim to start us into one.
  const made = prepareFolder(home.vault) ? [home.vault, ...others] : [];
  for (const folder of others) {
    try {
      if (prepareFolder(folder) && !made.includes(folder)) made.push(folder);
    } catch (error) {
      if (!(error instanceof StrongroomError) || error.code !== "DISK_FULL") throw error;
    }
  }
  closeToOthers(made);
  demandClosed(home);
}

/**
 * Makes one folder, 0700, unless it is there; refuses one that is not ours alone. `DISK_FULL`
 * when the disk takes nothing more or is read-only. Whether it was made.
 */
export function prepareFolder(path: string): boolean {
  if (checkFolder(path)) return false;
  try {
    makeFolder(path);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new StrongroomError(
      UNWRITABLE.has(code) ? "DISK_FULL" : "DENIED",
      `the folder ${path} cannot be made (${code})`,
      { hint: `mkdir -m 700 -p ${shellWord(path)}`, cause: error },
    );
  }
  checkFolder(path);
  return true;
}
