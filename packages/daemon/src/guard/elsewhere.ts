import { join } from "node:path";
import {
  bootId,
  readRecord,
  RECORD_NAME,
  shellWord,
  StrongroomError,
} from "@strongroom/client/protocol";
import { connecting } from "./connecting.ts";
import { folderIdentity, identityOf, inodeAt } from "./inode.ts";
import { isRunning, pidNamespace } from "./process-identity.ts";
import type { DaemonRecord } from "@strongroom/client/protocol";

/** What can be known of a daemon whose processes are not seen from here: in another container. */
export type Elsewhere =
  | { readonly kind: "alive" | "none" }
  | { readonly kind: "gone"; readonly owner: DeadOwner };

/** A process that is known to have ended; numbers of processes and of numberings come again. */
export type DeadOwner = Pick<DaemonRecord, "namespace" | "pid" | "startTime">;

/** Whether that is the one which is dead. */
export function isSame(owner: DeadOwner | undefined, dead: DeadOwner): boolean {
  if (owner === undefined) return false;
  const isNumbered = owner.pid === dead.pid && owner.namespace === dead.namespace;
  return isNumbered && owner.startTime === dead.startTime;
}

/**
 * Whether the daemon of a record lives, which may have a lock that cannot be had here. Where the
 * number of its process says nothing its socket is asked: on one machine, nobody listens at that of
 * a dead one. Throws `UNAVAILABLE` when it, and no other at its path, cannot be seen from here. `over`
 * are known to be dead, and need not be seen.
 */
export async function lookElsewhere(
  vault: string,
  over: readonly DeadOwner[] = [],
): Promise<Elsewhere> {
  const record = readRecord(join(vault, RECORD_NAME));
  if (record === undefined) return { kind: "none" };
  if (over.some((dead) => isThat(record, dead))) return { kind: "none" };
  // From before this boot of the machine, or in a container that is told of one of its own.
  if (isOfAnotherBoot(record.bootId)) return { kind: (await isServed(record)) ? "alive" : "none" };
  const { endpoint, folder, namespace, pid } = record;
  const here = pidNamespace();
  if (namespace !== null && namespace === here) {
    // It is about the original of a copy; elsewhere the same folder may have another device.
    if (folder !== null && folder !== folderIdentity(vault)) return { kind: "none" };
    return { kind: pid !== process.pid && isRunning(record) ? "alive" : "none" };
  }
  // Each container may have a folder of that name, with a socket of a dead daemon of its own.
  const isIts = hasItsSocket(record);
  const met = await connecting(endpoint);
  if (met === "connected") return { kind: "alive" };
  const { startTime } = record;
  if (met === "ECONNREFUSED" && isIts)
    return { kind: "gone", owner: { pid, namespace, startTime } };
  // Without /proc neither of them knows where it is, and there is nothing else to ask.
  if (namespace === null && here === null) return { kind: "none" };
  throw inUse(vault, `process ${pid} of another container`);
}

function hasItsSocket({ endpoint, socket }: DaemonRecord): boolean {
  const there = inodeAt(endpoint);
  return there !== undefined && socket === identityOf(there);
}

/** Another machine may have the vault, too, with a socket of which nobody listens here. */
async function isServed(record: DaemonRecord): Promise<boolean> {
  return hasItsSocket(record) && (await connecting(record.endpoint)) === "connected";
}

/** In a container without /proc nothing tells its process 1 from that of the next. */
function isThat(record: DaemonRecord, dead: DeadOwner): boolean {
  if (record.namespace === null && record.startTime === null) return false;
  return isSame(record, dead);
}

/** Unknown is not another: a container without /proc knows of no boot. */
function isOfAnotherBoot(boot: string | null): boolean {
  const ours = bootId();
  return boot !== null && ours !== null && boot !== ours;
}

/** The refusal of a vault that may be in use where nobody can look from here. */
export function inUse(vault: string, owner: string): StrongroomError {
  return new StrongroomError(
    "UNAVAILABLE",
    `${vault} may be in use by ${owner}, which cannot be seen from here, and not both have a lock of the kernel: there is no flock`,
    {
      // All of them at once: below the last one stand others that were never given up.
      hint: `install flock (of util-linux or busybox) there and here; when nothing runs there: rm -f ${shellWord(join(vault, RECORD_NAME))} ${shellWord(join(vault, ".lock.0"))}*`,
    },
  );
}
