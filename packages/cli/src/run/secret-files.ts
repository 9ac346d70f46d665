import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  checkFolder,
  makeFolder,
  resolveHome,
  socketCandidates,
} from "@strongroom/client/protocol";
import { guard } from "./guardian.ts";
import { isOrphan, ownFolderName } from "./owner.ts";

/**
 * Files of one run, 0600, in a folder of its own where the runtime of this login is, else below the
 * vault's home. They go with this process, also when it is killed; what is left all the same (the
 * machine went down) is taken away by the next run, for the folder's name says whose it is.
 */
export class SecretFiles {
  readonly #folder: string;
  readonly #callOff: () => void;

  constructor(env: NodeJS.ProcessEnv) {
    const runtime = runtimeFolder(env);
    makeFolder(runtime);
    checkFolder(runtime);
    sweep(runtime);
    this.#folder = join(runtime, ownFolderName());
    mkdirSync(this.#folder, { mode: 0o700 });
    this.#callOff = guard(this.#folder);
  }

  /** Writes a file, or puts another in its place at once; returns its path. */
  write(name: string, content: Buffer): string {
    const path = join(this.#folder, name);
    const fresh = `${path}.${randomBytes(4).toString("hex")}`;
    writeFileSync(fresh, content, { mode: 0o600, flag: "wx" });
    renameSync(fresh, path);
    return path;
  }

  /** Reads a file, and takes it away. */
  take(path: string): Buffer {
    const content = readFileSync(path);
    rmSync(path);
    return content;
  }

  /** Takes all of it away. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    this.#callOff();
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

/** Those of these folders that belong to runs which are known to be there no more. */
export function deadRuns(names: readonly string[]): string[] {
  return names.filter(isOrphan);
}
