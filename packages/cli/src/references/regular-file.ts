import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";

const MOST_BYTES = 1_048_576;

/**
 * The content of a regular file of at most 1 MiB; `INVALID` for anything else, with that hint. What
 * the system refuses is thrown as it is.
 */
export function readRegular(path: string, hint: string): Buffer {
  const refused = (message: string): StrongroomError =>
    new StrongroomError("INVALID", message, { hint });
  // Opened without waiting: a pipe in its place would wait for a writer for ever.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!fstatSync(file, { bigint: true }).isFile()) throw refused(`${path} is not a regular file`);
    const content = Buffer.alloc(MOST_BYTES + 1);
    let length = 0;
    for (let more = 1; more > 0 && length < content.length; length += more) {
      more = readSync(file, content, length, content.length - length, null);
    }
    if (length > MOST_BYTES) throw refused(`${path} is larger than ${MOST_BYTES} bytes`);
    return content.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
