import { closeSync, constants, existsSync, fstatSync, openSync } from "node:fs";
import { basename, dirname } from "node:path";

/** The longest path that the address of a socket takes, in bytes: `sun_path` without its NUL. */
const MOST_BYTES = process.platform === "linux" ? 107 : 103;

/**
 * Calls `use`, and returns what it does, with a path of this very socket that an address takes,
 * valid until `use` returns: Node resolves it while `connect` is called. It is the path itself
 * where that is short enough; otherwise, on Linux, one through its open folder, which is looked at
 * anew: `EACCES` where that is not ours alone. Undefined where there is no such path. Throws what
 * the system says of the folder.
 */
export function byShortPath<T>(path: string, use: (short: string) => T): T | undefined {
  if (Buffer.byteLength(path) <= MOST_BYTES) return use(path);
  if (process.platform !== "linux" || !existsSync("/proc/self/fd")) return undefined;
  const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
  const folder = openSync(dirname(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const { mode, uid } = fstatSync(folder, { bigint: true });
    if (Number(uid) !== process.getuid?.() || (mode & 0o077n) !== 0n) {
      throw Object.assign(new Error("a folder that is open to others"), { code: "EACCES" });
    }
    return use(`/proc/self/fd/${folder}/${basename(path)}`);
  } finally {
    closeSync(folder);
  }
}
