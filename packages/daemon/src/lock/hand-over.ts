import { descriptorOf } from "./asker.ts";
import type { Asker } from "./asker.ts";
import type { Succeed } from "./successor.ts";

/** What a process that ends because of a lock leaves behind. */
export interface Estate {
  readonly asker: Asker | undefined;
  readonly revision: number;
  /** Milliseconds for what is under way on the asker's connection. */
  readonly graceMs: number;
}

/** Starts the process that follows on a lock; true when that one answers the asker, too. */
export async function handOver(
  { asker, graceMs, revision }: Estate,
  succeed: Succeed,
): Promise<boolean> {
  const descriptor = asker === undefined ? undefined : descriptorOf(asker);
  if (asker === undefined || descriptor === undefined) {
    succeed({ pid: process.pid }, undefined);
    return false;
  }
  const keep = await asker.quiet(graceMs);
  succeed({ pid: process.pid, asker: { id: asker.id, revision, keep } }, descriptor);
  // Not its end, which would be that of the connection: only our hold on it.
  asker.socket.destroy();
  return true;
}
