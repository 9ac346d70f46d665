import { setTimeout as pause } from "node:timers/promises";
import { isBarred, parseDuration } from "@strongroom/client";
import type { Client, ErrorCode } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "./command.ts";
import { announceVault, openClient } from "./open.ts";
import { writeJson, writeNote } from "./output.ts";
import { procStat } from "./proc-stat.ts";

const LOOK_AGAIN_MS = 25;
/** How long a stop may take before it is called unknown: it finishes what was accepted first. */
const STOP_MS = 15_000;

/** What connecting says where no daemon runs. */
const NOBODY: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["CORRUPT", "NOT_FOUND", "UNAVAILABLE"]);

/** Starts a daemon, or finds the one that runs, and waits until its vault is open, or locked. */
export async function start({ values }: Pick<Input, "values">): Promise<number> {
  const client = await openClient({ values }, { autostart: true, create: true });
  try {
    await openedOrLocked(client);
    announceVault(client);
    const { pid, state, endpoint } = await client.status();
    if (values["json"] === true) writeJson({ pid, state, endpoint });
    else writeNote(`strongroom: daemon ${pid} serves, state ${state}`);
  } finally {
    client.close();
  }
  return 0;
}

async function openedOrLocked(client: Client): Promise<void> {
  try {
    await client.read([]);
  } catch (error) {
    if (!(error instanceof StrongroomError && error.code === "LOCKED")) throw error;
  }
}

/** Stops the daemon and waits until it is gone; that none runs is fine. */
export async function stop({ values }: Pick<Input, "values">): Promise<number> {
  const client = await running(values);
  if (client !== undefined) {
    try {
      const { pid } = await client.status();
      await client.stop();
      await untilGone(pid, values);
    } finally {
      client.close();
    }
  }
  const stopped = client !== undefined;
  if (values["json"] === true) writeJson({ stopped });
  else writeNote(stopped ? "strongroom: stopped" : "strongroom: no daemon runs");
  return 0;
}

/** Stops the daemon, if one runs, and starts one. */
export async function restart({ values }: Pick<Input, "values">): Promise<number> {
  await stop({ values: { ...values, json: false } });
  return start({ values });
}

async function running(values: Input["values"]): Promise<Client | undefined> {
  try {
    // The repair of a damaged vault begins with the end of its daemon.
    return await openClient({ values }, { autostart: false, anyDaemon: true });
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    // Without a vault, or with one that nobody serves, there is nothing to stop.
    if (NOBODY.has(error.code) && !isBarred(error)) return undefined;
    throw error;
  }
}

async function untilGone(pid: number, values: Input["values"]): Promise<void> {
  const asked =
    typeof values["timeout"] === "string" ? parseDuration(values["timeout"]) : undefined;
  const end = performance.now() + (asked ?? STOP_MS);
  // Until the process is gone it holds the lock, and a successor would find it taken.
  while (isAlive(pid)) {
    if (performance.now() > end) {
      throw new StrongroomError("TIMEOUT", `daemon ${pid} was told to stop and still runs`, {
        hint: "see what it does: strongroom daemon logs; or wait longer: --timeout 1m",
      });
    }
    await pause(LOOK_AGAIN_MS);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = procStat(pid);
  // Ended, and its parent has not asked how; while threads are left, a write may be on its way.
  return !(stat?.state === "Z" && stat.threads <= 1);
}
