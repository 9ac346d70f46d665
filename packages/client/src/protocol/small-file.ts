import { closeSync, constants, openSync, readSync } from "node:fs";

/**
 * The text of a file of at most `limit` bytes, at once; undefined where there is none, where it is
 * longer, and where it is no file: neither a link nor a FIFO put there may lead away or hang.
 */
export function readSmallFile(path: string, limit: number): string | undefined {
  let file: number;
  try {
    file = openSync(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
  } catch {
    return undefined;
  }
  try {
    const buffer = Buffer.alloc(limit + 1);
    const length = readSync(file, buffer, 0, buffer.length, 0);
    return length > limit ? undefined : buffer.toString("utf8", 0, length);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
