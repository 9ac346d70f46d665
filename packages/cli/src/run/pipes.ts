import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { readerOf } from "./pipe-reader.ts";

/** A pipe of the system, whose writing end is for one program. */
export interface Pipe {
  readonly reader: Readable;
  /** A descriptor. */
  readonly writer: number;
}

/**
 * Pipes as a shell makes them: what Node gives a program is a socket, which has no `/dev/stdout`, and
 * whose reset a program meets where a pipe ends it by SIGPIPE. Empty where none can be made (no
 * mkfifo(1), no room for temporary files).
 */
export function makePipes(count: number): readonly Pipe[] {
  if (process.platform === "win32" || count === 0) return [];
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "strongroom-"));
    const paths = Array.from({ length: count }, (_, index) => join(String(folder), String(index)));
    const env = { PATH: "/usr/bin:/bin:/run/current-system/sw/bin" };
    const { status } = spawnSync("mkfifo", ["-m", "600", ...paths], { env, stdio: "ignore" });
    return status === 0 ? paths.map(opened) : [];
  } catch {
    return [];
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Closes the writing end here; the program has its own. */
export function handOver(pipes: readonly Pipe[]): void {
  for (const { writer } of pipes) closeSync(writer);
}

// Opened without waiting for each other: first the end that may.
function opened(path: string): Pipe {
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  return { reader: readerOf(reader), writer };
}
