import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  checkFolder,
  makeFolder,
  resolveHome,
  socketCandidates,
} from "@strongroom/client/protocol";
import { exists, procStat } from "../proc-stat.ts";

const PREFIX = "run-";

/**
 * Files of one run, 0600, in a folder of its own where the runtime of this login is, else below the
 * vault's home. The folder's name says which process it belongs to, so that what a killed one left
 * is taken away by the next.
 */
export class SecretFiles {
  readonly #folder: string;

  constructor(env: NodeJS.ProcessEnv) {
    const runtime = runtimeFolder(env);
    makeFolder(runtime);
    checkFolder(runtime);
    sweep(runtime);
    const id = `${process.pid}-${startOf(process.pid)}-${randomBytes(4).toString("hex")}`;
    this.#folder = join(runtime, `${PREFIX}${id}`);
    mkdirSync(this.#folder, { mode: 0o700 });
  }

  /** Writes a file, or puts another in its place at once; returns its path. */
  write(name: string, content: Buffer): string {
    const path = join(this.#folder, name);
    const fresh = `${path}.${randomBytes(4).toString("hex")}`;
    writeFileSync(fresh, content, { mode: 0o600, flag: "wx" });
    renameSync(fresh, path);
    return path;
  }

  /** Takes all of it away. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Where files of runs are. */
export function runtimeFolder(env: NodeJS.ProcessEnv): string {
  const home = resolveHome(env);
  const [socket] = socketCandidates(home, "0".repeat(16), env);
  return socket === undefined ? home.run : dirname(socket);
}

/** Takes away what runs left that are not there any more; returns how many. */
export function sweep(runtime: string): number {
  let names: string[];
  try {
    names = readdirSync(runtime);
  } catch {
    return 0;
  }
  const dead = deadRuns(names);
  for (const name of dead) rmSync(join(runtime, name), { recursive: true, force: true });
  return dead.length;
}

/** Those of these folders that belong to runs which are not there any more. */
export function deadRuns(names: readonly string[]): string[] {
  return names.filter((name) => {
    const [, pid, start] = /^run-(\d+)-(\d+)-[0-9a-f]{8}$/u.exec(name) ?? [];
    return pid !== undefined && !(exists(Number(pid)) && startOf(Number(pid)) === start);
  });
}

// Where the system does not say when a process began, its number alone has to do.
function startOf(pid: number): string {
  return procStat(pid)?.startTime ?? "0";
}
