import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder, and what is missing above it, 0700; one that is there is left as it is. Throws
 * what the system says.
 */
export function makeFolder(path: string): void {
  // Not mkdir's own `recursive`: where a folder that is there answers ENOENT, as below /proc and
  // under an automounter, it tries again for ever and takes all memory.
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
  for (const folder of missing.toReversed()) {
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
