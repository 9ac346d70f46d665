import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isAlive } from "./alive.ts";
import { killGhosts } from "./ghosts.ts";

/** The root of the checkout. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** What the programs run on: our tests may be run by Deno, and these are programs for Node. */
export const NODE: string = "deno" in process.versions ? "node" : process.execPath;

/** How a program ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder to be a `STRONGROOM_HOME`, in which built programs run as processes. */
export class Throwaway {
  readonly home: string;

  /** `prefix` is what the name of the folder begins with. */
  constructor(prefix = "sr-") {
    this.home = mkdtempSync(join(tmpdir(), prefix));
  }

  /** The variables of every program: neither the user's home, runtime folder nor keychain. */
  get env(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(([name]) => !/^(?:STRONGROOM|XDG)_/.test(name));
    return {
      ...Object.fromEntries(kept),
      HOME: this.home,
      STRONGROOM_HOME: this.home,
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(this.home, "no-bus")}`,
    };
  }

  /** Runs a program to its end; `input` is what is piped into it. */
  run(program: string, args: readonly string[], input = ""): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd: ROOT, env: this.env });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", reject);
      child.on("close", (status) => resolve({ status, stdout, stderr }));
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    });
  }

  /** Runs the built command line. */
  cli(args: readonly string[], input = ""): Promise<Ended> {
    const launcher = join(ROOT, "packages/cli/bin/strongroom.js");
    // Node itself reads the file of an --env-file, wherever it stands, unless it is told to stop.
    return this.run(NODE, ["--", launcher, ...args], input);
  }

  /** The record of the daemon that serves the home, while there is one. */
  record(): { readonly pid: number; readonly endpoint: string } | undefined {
    try {
      const text = readFileSync(join(this.home, "vault/daemon.pid"), "utf8");
      return JSON.parse(text) as { readonly pid: number; readonly endpoint: string };
    } catch {
      return undefined;
    }
  }

  /** Stops the daemon and removes the folder. */
  async remove(): Promise<void> {
    const pid = this.record()?.pid;
    if (pid !== undefined) await stop(pid);
    killGhosts(this.home);
    try {
      rmSync(this.home, { recursive: true, force: true });
    } catch (error) {
      // A daemon that was just being started has put a file there: it has a record by now.
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
      await pause(200);
      await this.remove();
    }
  }
}

async function stop(pid: number): Promise<void> {
  for (let tries = 0; tries < 200 && isAlive(pid); tries += 1) {
    try {
      if (tries === 0) process.kill(pid, "SIGTERM");
      if (tries === 100) process.kill(pid, "SIGKILL");
    } catch {
      return;
    }
    await pause(10);
  }
}
