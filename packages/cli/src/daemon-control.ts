import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isBarred, parseDuration, stopOlder } from "@strongroom/client";
import type { Client, ErrorCode } from "@strongroom/client";
import {
  ownProcess,
  readRecord,
  RECORD_NAME,
  resolveHome,
  StrongroomError,
} from "@strongroom/client/protocol";
import type { Result } from "@strongroom/client/protocol";
import type { Input } from "./command.ts";
import { announceVault, openClient } from "./open.ts";
import { writeJson, writeNote } from "./output.ts";
import { procStat } from "./proc-stat.ts";

const LOOK_AGAIN_MS = 25;
/** How long a vault may take to open. */
const START_MS = 60_000;
/** How long a stop may take before it is called unknown: it finishes what was accepted first. */
const STOP_MS = 15_000;

/** What connecting says where no daemon runs. */
const NOBODY: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["CORRUPT", "NOT_FOUND", "UNAVAILABLE"]);

/** Starts a daemon, or finds the one that runs, and waits until its vault is open, or locked. */
export async function start({ values }: Pick<Input, "values">): Promise<number> {
  const client = await openClient({ values }, { autostart: true, create: true });
  try {
    const { pid, state, endpoint } = await opened(client, values);
    announceVault(client);
    if (values["json"] === true) writeJson({ pid, state, endpoint });
    else writeNote(`strongroom: daemon ${pid} serves, state ${state}`);
  } finally {
    client.close();
  }
  return 0;
}

/**
 * What it says when its vault is open, or locked. The state is asked for, which takes no proof and
 * nothing of a key; only where it cannot serve its own refusal is, that says why.
 */
async function opened(client: Client, values: Input["values"]): Promise<Result<"vault/status">> {
  const end = performance.now() + timeoutOf(values, START_MS);
  for (;;) {
    const status = await client.status();
    if (status.state === "failed" || status.state === "poisoned") await client.read([]);
    if (status.state !== "opening") return status;
    if (performance.now() >= end) {
      throw new StrongroomError("TIMEOUT", `daemon ${status.pid} still opens its vault`, {
        hint: "look again: strongroom status",
      });
    }
    await pause(LOOK_AGAIN_MS);
  }
}

/** Milliseconds that somebody asked to wait, or else so many. */
function timeoutOf(values: Input["values"], otherwise: number): number {
  const { timeout } = values;
  const asked = typeof timeout === "string" ? parseDuration(timeout) : undefined;
  return asked === 0 ? Infinity : (asked ?? otherwise);
}

/** Stops the daemon and waits until it is gone; that none runs is fine. */
export async function stop({ values }: Pick<Input, "values">): Promise<number> {
  const stopped = await halt(values);
  if (values["json"] === true) writeJson({ stopped });
  else writeNote(stopped ? "strongroom: stopped" : "strongroom: no daemon runs");
  return 0;
}

/** The same without a word: whether one ran. */
export async function halt(values: Input["values"]): Promise<boolean> {
  const client = await running(values);
  if (typeof client === "number") {
    await untilGone(client, lookout(client), values);
    return true;
  }
  if (client !== undefined) {
    try {
      const { pid } = await client.status();
      const alive = lookout(pid);
      await client.stop();
      await untilGone(pid, alive, values);
    } finally {
      client.close();
    }
  }
  return client !== undefined;
}

/** Stops the daemon, if one runs, and starts one. */
export async function restart({ values }: Pick<Input, "values">): Promise<number> {
  await stop({ values: { ...values, json: false } });
  return start({ values });
}

/** The daemon that runs; a number of a process, where it was too old to talk to and is ending. */
async function running(values: Input["values"]): Promise<Client | number | undefined> {
  try {
    // The repair of a damaged vault begins with the end of its daemon.
    return await openClient({ values }, { autostart: false, anyDaemon: true });
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    // Without a vault, or with one that nobody serves, there is nothing to stop.
    const pid =
      error.code === "PROTOCOL_MISMATCH" &&
      !isKeyed() &&
      (await stopOlder(resolveHome(process.env), process.env));
    if (typeof pid === "number") return pid;
    if (NOBODY.has(error.code) && !isBarred(error)) return undefined;
    throw error;
  }
}

/** Whoever comes with an API key is not the owner, whatever daemon it is. */
function isKeyed(): boolean {
  const { STRONGROOM_API_KEY: key = "", STRONGROOM_API_KEY_FILE: file = "" } = process.env;
  return key !== "" || file !== "";
}

async function untilGone(
  pid: number,
  alive: () => boolean,
  values: Input["values"],
): Promise<void> {
  const end = performance.now() + timeoutOf(values, STOP_MS);
  // Until the process is gone it holds the lock, and a successor would find it taken.
  while (alive()) {
    if (performance.now() > end) {
      throw new StrongroomError("TIMEOUT", `daemon ${pid} was told to stop and still runs`, {
        hint: "see what it does: strongroom daemon logs; or wait longer: --timeout 1m",
      });
    }
    await pause(LOOK_AGAIN_MS);
  }
}

/** Whether it lives; in another container its number is another process's, and its record tells. */
function lookout(pid: number): () => boolean {
  const path = join(resolveHome(process.env).vault, RECORD_NAME);
  const namespace = readRecord(path)?.namespace ?? undefined;
  if (namespace === undefined || namespace === ownProcess()?.namespace) return () => isAlive(pid);
  return () => {
    const record = readRecord(path);
    return record?.pid === pid && record.namespace === namespace;
  };
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
