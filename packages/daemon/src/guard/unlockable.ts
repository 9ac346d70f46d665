import { dirname } from "node:path";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";

const FULL = new Set(["EDQUOT", "ENOSPC"]);

/** The refusal of a vault whose folder takes no file, where files are the only lock to be had. */
export function unlockable(path: string, cause: unknown): StrongroomError {
  const vault = dirname(path);
  const { code = "unknown" } = cause as NodeJS.ErrnoException;
  const hint = `install flock (of util-linux or busybox), which needs none; or see: df -h ${shellWord(vault)}`;
  const why = `${vault} takes no lock file (${code}), and there is no flock`;
  return new StrongroomError(FULL.has(code) ? "DISK_FULL" : "READ_ONLY", why, { hint, cause });
}
