import { existsSync, readdirSync, readlinkSync } from "node:fs";

const DESCRIPTORS = "/proc/self/fd";

/**
 * How many files this process holds open whose path begins so, those counted that were removed
 * meanwhile; `unknown` where the system does not say.
 */
export function openFiles(prefix: string, unknown: number): number {
  if (!existsSync(DESCRIPTORS)) return unknown;
  return readdirSync(DESCRIPTORS).filter((file) => targetOf(file).startsWith(prefix)).length;
}

function targetOf(file: string): string {
  try {
    return readlinkSync(`${DESCRIPTORS}/${file}`);
  } catch {
    // The descriptor by which the list was read.
    return "";
  }
}
