import { randomBytes } from "node:crypto";
import { lstat, readdir, rename, rmdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A name beside a path that nobody else has: `.` and 8 hex digits longer. */
export function temporaryName(path: string): string {
  return `${path}.${randomBytes(4).toString("hex")}`;
}

/**
 * Makes a path free, whatever stands there: a link is removed and not followed, a folder that
 * holds something is renamed aside. Only for the holder of the lock.
 */
export async function clearPath(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isDirectory()) await rmdir(path);
    else await unlink(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    await rename(path, `${temporaryName(path)}.aside`);
  }
}

/** Removes the temporary names that starters which were killed left beside a path. */
export async function sweepTemporaries(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{8}$/u.test(name.slice(prefix.length))) continue;
    // One at a time, for there is hardly ever one; a name that went by itself is fine.
    await unlink(join(folder, name)).catch(() => undefined);
  }
}
