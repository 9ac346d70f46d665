import { singleFile } from "@strongroom/client/protocol";
import { descriptorOf } from "../native/descriptor.ts";
import type { Asker } from "./asker.ts";
import { hasProgram } from "./successor.ts";
import type { Succeed } from "./successor.ts";

/** In a container it is the first, and all others end with it. */
const FIRST_PROCESS = 1;

/** What a process that ends because of a lock leaves behind. */
export interface Estate {
  readonly asker: Asker | undefined;
  readonly revision: number;
  /** Whether somebody else starts the next daemon. */
  readonly isSupervised: boolean;
  /** Milliseconds for what is under way on the asker's connection. */
  readonly graceMs: number;
}

/**
 * Starts the process that follows on a lock, which answers the asker. False where this system, or
 * a process that everything ends with, cannot have that: then this process has to answer itself.
 */
export async function handOver(
  { asker, graceMs, isSupervised, revision }: Estate,
  succeed: Succeed,
): Promise<boolean> {
  if (process.platform === "win32" || process.pid === FIRST_PROCESS) return false;
  if (!hasProgram([process.execPath, singleFile() ?? process.argv[1]])) return false;
  const { pid } = process;
  const only = isSupervised ? { answersOnly: true as const } : {};
  const keep = ((await asker?.quiet(graceMs)) ?? false) && !isSupervised;
  // Asked for only now: an asker that has left meanwhile gave its number back to the system.
  const descriptor = asker === undefined ? undefined : descriptorOf(asker.socket);
  const isWritten = asker?.socket.writableLength === 0;
  if (asker !== undefined && descriptor !== undefined && isWritten) {
    succeed({ pid, asker: { id: asker.id, revision, keep }, ...only }, descriptor);
  } else if (!isSupervised) succeed({ pid }, undefined);
  // Not its end, which would be that of the connection: only our hold on it.
  asker?.socket.destroy();
  return true;
}
