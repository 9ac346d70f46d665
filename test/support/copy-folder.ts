import { chmodSync, cpSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Copies a folder with all that is in it, and the modes of folders, which Node 22 leaves behind. */
export function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  const folders = ["", ...readdirSync(from, { recursive: true, encoding: "utf8" })];
  for (const name of folders) {
    const stats = statSync(join(from, name));
    if (stats.isDirectory()) chmodSync(join(to, name), stats.mode & 0o7777);
  }
}
