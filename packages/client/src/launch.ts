import { spawn } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
} from "node:fs";
import { join } from "node:path";
import { recordDeath } from "./deaths.ts";
import { daemonEnvironment } from "./environment.ts";
import { makeFolder, spawnClaimName, StrongroomError } from "./protocol/index.ts";
import type { Home, PathEnvironment } from "./protocol/index.ts";
import { makeStartFolder, startFolder } from "./start-folder.ts";
import { systemCode } from "./system-error.ts";

/** How the daemon is started as a program. */
export interface DaemonProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/** What is said of a folder that this user makes none in. */
const UNWRITABLE = new Set(["EACCES", "EPERM", "EROFS"]);
/** What the start log may grow to before the next start empties it, in bytes. */
const START_LOG_BYTES = 65_536;
const SHELL = "/bin/sh";
/**
 * A dump of the core would hold the key: none by limit, and nothing in one if there is one. The
 * variables are those that shells add.
 */
const WITHOUT_CORE = `unset PWD OLDPWD SHLVL; ulimit -c 0; { echo 0 > /proc/self/coredump_filter; } 2>/dev/null; exec "$@"`;

/**
 * Takes the right to start a daemon just now: the exclusive creation of a file in `run/` that
 * is named by boot and two seconds of running time. False when another client has it.
 */
export function claimStart(home: Home): boolean {
  try {
    const folder = makeStartFolder(home);
    const { O_CREAT, O_EXCL, O_WRONLY } = constants;
    closeSync(openSync(join(folder, spawnClaimName()), O_CREAT | O_EXCL | O_WRONLY, 0o600));
    return true;
  } catch (error) {
    if (error instanceof StrongroomError) throw error;
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    throw new StrongroomError("UNAVAILABLE", `cannot start a daemon: ${home.run}: ${code}`, {
      hint: UNWRITABLE.has(code)
        ? "set STRONGROOM_HOME to a folder that this user may write to, such as that of a volume"
        : "see what is wrong with the folder: strongroom doctor",
    });
  }
}

/**
 * Starts a daemon, detached, and returns at once. If it dies before anybody was served, why
 * goes into `run/` for all clients to see; exit 0 says that another one runs already.
 * `ended` is told its exit status, null for none.
 */
export function launch(
  home: Home,
  env: PathEnvironment,
  program: DaemonProgram,
  ended?: (status: number | null) => void,
): void {
  const log = openStartLog(home);
  const from = log === undefined ? 0 : sizeOf(log);
  const bare = [program.command, ...program.args];
  const shell = process.platform !== "win32" && existsSync(SHELL);
  const [command = "", ...args] = shell
    ? [SHELL, "-c", WITHOUT_CORE, "strongroomd", ...bare]
    : bare;
  const child = spawn(command, args, {
    cwd: "/",
    detached: true,
    env: daemonEnvironment(env),
    stdio: ["ignore", "ignore", log ?? "ignore"],
    windowsHide: true,
  });
  child.once("error", (error) => {
    ended?.(null);
    recordDeath(startFolder(home), process.pid, `${program.command}: ${systemCode(error)}`);
    if (log !== undefined) closeSync(log);
  });
  child.once("exit", (status, signal) => {
    const said = log === undefined ? "" : tail(log, from);
    if (log !== undefined) closeSync(log);
    ended?.(status);
    if (status === 0) return;
    const how = signal === null ? `exit ${status}` : signal;
    recordDeath(startFolder(home), child.pid ?? 0, said === "" ? how : `${said} (${how})`);
  });
  // The daemon outlives its client, and does not keep it alive.
  child.unref();
}

function openStartLog(home: Home): number | undefined {
  try {
    makeFolder(home.log);
    const { O_APPEND, O_CREAT, O_RDWR } = constants;
    const flags = O_APPEND | O_CREAT | O_RDWR | (constants.O_NOFOLLOW ?? 0);
    const log = openSync(join(home.log, "start.log"), flags, 0o600);
    if (sizeOf(log) > START_LOG_BYTES) ftruncateSync(log, 0);
    return log;
  } catch {
    // A start without a log is better than none; the daemon judges the folder itself.
    return undefined;
  }
}

function sizeOf(log: number): number {
  return Number(fstatSync(log, { bigint: true }).size);
}

function tail(log: number, from: number): string {
  const size = sizeOf(log);
  const buffer = Buffer.alloc(Math.min(2048, Math.max(0, size - from)));
  readSync(log, buffer, 0, buffer.length, size - buffer.length);
  const lines = buffer.toString("utf8").split("\n");
  const said = lines.flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  // Several starts at once write into one file, and mostly the same.
  return [...new Set(said)].join("; ");
}
