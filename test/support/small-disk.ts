import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { temporaryHome } from "./processes.ts";

/** Why there can be no small disk here, or undefined. */
function obstacle(): string | undefined {
  if (process.platform !== "linux") return "tmpfs is Linux only";
  if (process.getuid?.() !== 0) return "only root may mount";
  const folder = temporaryHome();
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
  if (status === 0) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true, force: true });
  return status === 0 ? undefined : "this machine does not allow a mount";
}

/** Why there can be none here; the tests that need one are skipped then. */
export const noSmallDisk: string | undefined = obstacle();

/** Fills the disk that a file is on, to the last byte. */
export function fill(path: string): void {
  const descriptor = openSync(path, "w");
  try {
    for (const size of [1_048_576, 4096, 1]) {
      const block = Buffer.alloc(size, 1);
      try {
        for (;;) writeSync(descriptor, block);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
