import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cli } from "./cli.ts";

const STOP_MS = 5000;

/** Throwaway folders for one run of the demo; nothing outside of them is touched. */
export class Playground {
  readonly folder: string = mkdtempSync(join(tmpdir(), "strongroom-demo-"));
  readonly #homes: string[] = [];

  /** A folder to be a `STRONGROOM_HOME`, empty as yet. */
  home(name: string): string {
    const home = join(this.folder, name);
    mkdirSync(home, { mode: 0o700 });
    this.#homes.push(home);
    return home;
  }

  /** Stops every daemon of the homes and removes all. */
  async remove(): Promise<void> {
    await Promise.all(this.#homes.map((home) => stopDaemon(home)));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The process that owns the vault of a home, by the record that it published. */
export function daemonPid(home: string): number | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(join(home, "vault", "daemon.pid"), "utf8"));
    const pid = (record as { readonly pid?: unknown }).pid;
    return typeof pid === "number" && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Kills the daemon of a home without warning and waits until it is gone. */
export async function killDaemon(home: string): Promise<void> {
  const pid = daemonPid(home);
  if (pid === undefined) throw new Error(`no daemon serves ${home}`);
  process.kill(pid, "SIGKILL");
  await gone(pid, STOP_MS);
}

async function stopDaemon(home: string): Promise<void> {
  const pid = daemonPid(home);
  if (pid === undefined || !isAlive(pid)) return;
  await cli(home, ["daemon", "stop"]);
  if (await gone(pid, STOP_MS)) return;
  process.kill(pid, "SIGKILL");
  await gone(pid, STOP_MS);
}

async function gone(pid: number, limit: number): Promise<boolean> {
  const end = performance.now() + limit;
  while (isAlive(pid)) {
    if (performance.now() > end) return false;
    await pause(10);
  }
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // In a container nobody may be there to bury it: a dead process keeps its number.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}
