import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { finish, until } from "./processes.ts";
import type { Ended } from "./processes.ts";
import { ROOT } from "./throwaway.ts";

/** Where our programs are in a container: the checkout may be in a folder that is root's alone. */
const PROGRAMS = "/srv";
const CLI = join(PROGRAMS, "packages/cli/bin/strongroom.js");
const UNSHARE = ["-m", "--pid", "--fork", "--mount-proc"];

/** Why no containers can be had here, in parentheses; empty where they can. */
export const noContainers: string = whyNone();

function whyNone(): string {
  if (process.platform !== "linux") return " (skipped: this is not Linux)";
  if (process.getuid?.() !== 0) return " (skipped: only root makes these namespaces)";
  const probe = [...UNSHARE, "setpriv", "--reuid", "12345", "--clear-groups", "true"];
  const { status } = spawnSync("unshare", probe);
  return status === 0 ? "" : " (skipped: no namespaces can be made here)";
}

/** What a program in a container is run with. */
export interface InContainer {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** The uid, and the gid, that it has in there; root when absent. */
  readonly uid?: number;
  readonly gid?: number;
  /** Further groups. */
  readonly groups?: readonly number[];
}

/** A folder that every user can reach, gone with the test. */
export function worldFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sr-cont-"));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/**
 * Namespaces of processes and mounts, as a container has them: its first process is `sleep`, which
 * waits for nobody, and its end ends all the others without a word.
 */
export class Container {
  readonly #outer: ChildProcess;
  readonly #first: number;
  readonly #starts: string;

  private constructor(outer: ChildProcess, first: number, starts: string) {
    this.#outer = outer;
    this.#first = first;
    this.#starts = starts;
  }

  /** `scene`: what a shell, as root, makes of the container before anything runs in it. */
  static async start(scene = ""): Promise<Container> {
    const work = worldFolder();
    const starts = join(work, "starts");
    writeFileSync(starts, "");
    chmodSync(starts, 0o666);
    writeFileSync(join(work, "sh"), counting(starts), { mode: 0o755 });
    const script = `set -e
mount --make-rprivate /
${scene}
mount --bind ${work} ${work}
mount -o remount,rw,bind ${work}
mount --bind ${ROOT} ${PROGRAMS}
if [ -e /bin/sh ]; then mount --bind ${work}/sh /bin/sh; fi
echo ready
exec sleep 100000`;
    const outer = spawn("unshare", [...UNSHARE, "bash", "-c", script], { stdio: "pipe" });
    let said = "";
    for (const pipe of [outer.stdout, outer.stderr]) {
      pipe.on("data", (chunk: Buffer) => (said += String(chunk)));
    }
    await until(`a container: ${said}`, () => said.includes("ready\n") || outer.exitCode !== null);
    if (outer.exitCode !== null) throw new Error(`no container: ${said}`);
    const path = `/proc/${outer.pid}/task/${outer.pid}/children`;
    const first = Number(readFileSync(path, "utf8").trim().split(" ")[0]);
    const container = new Container(outer, first, starts);
    onTestFinished(() => container.kill());
    return container;
  }

  /** How many daemons clients have started in here. */
  get starts(): number {
    return readFileSync(this.#starts, "utf8").length;
  }

  /** Runs a program to its end. */
  run(
    argv: readonly string[],
    { env = {}, groups = [], input = "", uid, gid }: InContainer = {},
  ): Promise<Ended> {
    const into = ["-t", String(this.#first), "-m", "-p", "-w/", "--"];
    const rest = groups.length === 0 ? "--clear-groups" : `--groups=${groups.join(",")}`;
    const who =
      uid === undefined
        ? []
        : ["/usr/bin/setpriv", "--reuid", `${uid}`, "--regid", `${gid ?? uid}`, rest];
    const child = spawn("/usr/bin/nsenter", [...into, ...who, ...argv], {
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...env },
      stdio: "pipe",
    });
    return finish(child, input);
  }

  /** Runs our command line to its end. */
  cli(args: readonly string[], options?: InContainer): Promise<Ended> {
    return this.run([process.execPath, "--", CLI, ...args], options);
  }

  /** Ends every process of it at once, as the end of a container does. */
  async kill(): Promise<void> {
    if (this.#outer.exitCode !== null || this.#outer.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#outer.once("close", resolve));
    process.kill(this.#first, "SIGKILL");
    await ended;
  }
}

/** A shell that counts the daemons it starts. */
function counting(file: string): string {
  return `#!/bin/bash
if [ "$3" = strongroomd ]; then printf x >> ${file}; fi
exec /bin/bash "$@"
`;
}

/** Makes folders of mode 0700 for a user. */
export function folderOf(path: string, uid: number): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  spawnSync("chown", ["-R", `${uid}:${uid}`, path]);
  chmodSync(dirname(path), 0o755);
  return path;
}
