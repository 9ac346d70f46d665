import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/**
 * The text of a file that is only looked at, whoever has it; undefined where there is none. A pipe
 * is none: nobody may be writing, and who does meant another reader.
 */
export function peekAt(file: string): string | undefined {
  try {
    const { O_NONBLOCK = 0, O_RDONLY } = constants;
    const opened = openSync(file, O_RDONLY | O_NONBLOCK);
    try {
      const isRegular = fstatSync(opened, { bigint: true }).isFile();
      return isRegular ? readFileSync(opened, "utf8") : undefined;
    } finally {
      closeSync(opened);
    }
  } catch {
    return undefined;
  }
}
