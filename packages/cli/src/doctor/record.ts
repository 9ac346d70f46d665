import { lstatSync } from "node:fs";
import { join } from "node:path";
import { bootId, ownProcess, RECORD_NAME } from "@strongroom/client/protocol";
import type { DaemonRecord } from "@strongroom/client/protocol";
import { exists, procStat } from "../proc-stat.ts";
import { note, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { Scene } from "./scene.ts";

const START = "strongroom daemon start";

/**
 * What the record of a daemon is worth. It decides nothing: whoever holds the lock writes it
 * anew, and no process is ever signalled because of it alone.
 */
export function checkRecord({ home, record }: Scene): Finding[] {
  const path = join(home.vault, RECORD_NAME);
  if (record !== undefined) return [judge(record, path)];
  if (lstatSync(path, { bigint: true, throwIfNoEntry: false }) === undefined) return [];
  return [note("record", `${path} is empty or not whole: it counts as none`, START)];
}

/** Whether the process that a record names is there, and still the same. */
export function isRecorded({ pid, startTime, bootId: boot }: DaemonRecord): boolean {
  if (boot !== null && boot !== bootId()) return false;
  const now = procStat(pid)?.startTime;
  if (now === undefined || startTime === null) return exists(pid);
  return now === startTime;
}

function judge(record: DaemonRecord, path: string): Finding {
  const { pid, bootId: boot, namespace } = record;
  if (namespace !== null && namespace !== ownProcess()?.namespace && boot === bootId()) {
    return note("record", `${path} names process ${pid} of another container`, "strongroom status");
  }
  if (isRecorded(record)) return ok("record", `process ${pid}`);
  if (boot !== null && boot !== bootId()) {
    return note("record", `${path} is of another run of the machine, or another one`, START);
  }
  if (!exists(pid)) {
    return note("record", `${path} was left by process ${pid}, which is gone`, START);
  }
  const stranger = `${path} names process ${pid}, which is another program by now: it is left alone`;
  return note("record", stranger, START);
}
