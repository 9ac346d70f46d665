import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRecord } from "@strongroom/client/protocol";
import type { DaemonRecord } from "@strongroom/client/protocol";
import { RawClient } from "./raw-client.ts";
import type { Reply } from "./raw-client.ts";

const PROGRAM = fileURLToPath(new URL("../../packages/daemon/bin/strongroomd.js", import.meta.url));
const PATIENCE_MS = 20_000;

/** How a process ended. */
interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** A daemon as a process of its own. */
export interface DaemonProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** What it said so far. */
  readonly said: () => string;
}

/** What a daemon is started with beside its home. */
export interface StartOptions {
  readonly args?: readonly string[];
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Folders and daemons of one test; `clear` ends and removes all of them. */
export class Daemons {
  readonly #children: DaemonProcess[] = [];
  readonly #folders: string[] = [];

  /** A new, empty folder, by its real path. */
  folder(): string {
    const path = realpathSync(mkdtempSync(join(tmpdir(), "daemons-")));
    this.#folders.push(path);
    return path;
  }

  /** Starts the daemon of a home, in an environment that holds nothing else. */
  start(home: string, { args = [], node = [], env = {} }: StartOptions = {}): DaemonProcess {
    const child = spawn(process.execPath, [...node, PROGRAM, ...args], {
      env: { PATH: process.env["PATH"] ?? "", TMPDIR: tmpdir(), STRONGROOM_HOME: home, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += String(chunk);
    });
    const exited = new Promise<Exit>((resolve) => {
      child.once("close", (status, signal) => resolve({ status, signal, said }));
    });
    const started = { child, pid: child.pid ?? 0, exited, said: () => said };
    this.#children.push(started);
    return started;
  }

  /** Starts a daemon and waits until it serves its vault. */
  async started(home: string, options?: StartOptions): Promise<DaemonProcess> {
    const daemon = this.start(home, options);
    try {
      await until(() => {
        const record = recordOf(home);
        return record?.pid === daemon.pid && record.epoch !== null;
      });
    } catch (error) {
      throw new Error(`no daemon serves ${home}; it said: ${daemon.said()}`, { cause: error });
    }
    return daemon;
  }

  async clear(): Promise<void> {
    for (const { child } of this.#children) child.kill("SIGKILL");
    await Promise.all(this.#children.splice(0).map(({ exited }) => exited));
    for (const path of this.#folders.splice(0)) rmSync(path, { recursive: true, force: true });
  }
}

/** The record of the daemon of a home, if it has one. */
export function recordOf(home: string): DaemonRecord | undefined {
  return readRecord(join(home, "vault/daemon.pid"));
}

/** Asks the daemon of a home one thing, on a connection of its own. */
export async function ask(home: string, method: string, params: unknown = {}): Promise<Reply> {
  const endpoint = recordOf(home)?.endpoint;
  if (endpoint === undefined) throw new Error(`${home} has no record`);
  const client = await RawClient.greeted(endpoint);
  try {
    return await client.call(method, params);
  } finally {
    client.destroy();
  }
}

/** Sets a secret; throws unless that is acknowledged. */
export async function set(home: string, name: string, value: string): Promise<void> {
  const { error } = await ask(home, "secret/set", { name, value });
  if (error !== undefined) throw new Error(error.message);
}

/** The value of a secret, or the code of the refusal. */
export async function get(home: string, name: string): Promise<unknown> {
  const { error, result } = await ask(home, "secret/get", { name });
  return error === undefined ? result?.["value"] : error.data.code;
}

/** Waits until something holds; a failed look counts as not yet. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    if (performance.now() > end) throw new Error("it never came to hold");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
