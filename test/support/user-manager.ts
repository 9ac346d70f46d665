import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { throwaway } from "./connected.ts";
import { finish, until } from "./processes.ts";
import type { Ended } from "./processes.ts";
import { LAUNCHER } from "./secret-bus.ts";
import type { Throwaway } from "./throwaway.ts";

const SYSTEMD = "/lib/systemd/systemd";
const RUNTIME = "/run/user/0";

/** What of this machine the manager must not see, and what it must find. */
const SCENE = `set -e
mount --make-rprivate /
mount -t tmpfs none /run
mkdir -p /run/systemd/system ${RUNTIME}
chmod 700 ${RUNTIME}
export XDG_RUNTIME_DIR=${RUNTIME}
mount -t cgroup2 none /sys/fs/cgroup
${SYSTEMD} --user >/dev/null 2>&1 &
wait`;

const UNSHARE = ["-m", "-C", "--pid", "--fork", "--mount-proc"];

/** Why no systemd of a user can be had here, in parentheses; empty where one can. */
export const noManager: string = whyNone();

function whyNone(): string {
  if (process.platform !== "linux") return " (skipped: this is not Linux)";
  if (!existsSync(SYSTEMD)) return " (skipped: there is no systemd here)";
  if (process.getuid?.() !== 0) return " (skipped: only root makes the namespaces for it)";
  const { status } = spawnSync("unshare", [...UNSHARE, "mount", "-t", "cgroup2", "none", "/mnt"]);
  return status === 0 ? "" : " (skipped: no namespace of control groups can be made here)";
}

/** The systemd of a user in namespaces of its own, and a home in which programs run beside it. */
export class UserManager {
  readonly place: Throwaway;
  readonly #inside: number;

  constructor(place: Throwaway, inside: number) {
    this.place = place;
    this.#inside = inside;
  }

  get env(): NodeJS.ProcessEnv {
    return { ...this.place.env, XDG_RUNTIME_DIR: RUNTIME };
  }

  /** Starts a program beside the manager. */
  start(program: string, args: readonly string[]): ChildProcess {
    const words = ["-t", String(this.#inside), "-m", "-p", "-C", "--", program, ...args];
    return spawn("nsenter", words, { env: this.env, stdio: "pipe" });
  }

  /** Runs one to its end. */
  run(program: string, ...args: string[]): Promise<Ended> {
    return finish(this.start(program, args), "");
  }

  /** Runs our command line to its end. */
  cli(...args: string[]): Promise<Ended> {
    return this.run(process.execPath, "--", LAUNCHER, ...args);
  }

  /** What the manager says of a unit. */
  async show(unit: string, property: string): Promise<string> {
    const { stdout } = await this.run("systemctl", "--user", "show", "-P", property, unit);
    return stdout.trim();
  }
}

/** A manager that runs until the test ends. */
export async function userManager(): Promise<UserManager> {
  const place = throwaway();
  const outer = spawn("unshare", [...UNSHARE, "sh", "-c", SCENE], { env: place.env });
  const inner = (): number => {
    const path = `/proc/${outer.pid}/task/${outer.pid}/children`;
    return Number(readFileSync(path, "utf8").trim().split(" ")[0]);
  };
  await until("the first process of the namespace", () => inner() > 0);
  const first = inner();
  onTestFinished(() => void spawnSync("kill", ["-9", String(first)]));
  const manager = new UserManager(place, first);
  await until("the manager", async () => {
    const { stdout } = await manager.run("systemctl", "--user", "is-system-running");
    return stdout.trim() === "running";
  });
  return manager;
}
