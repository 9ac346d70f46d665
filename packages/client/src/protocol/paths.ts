import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join, resolve, win32 } from "node:path";
import { StrongroomError } from "./errors.ts";

/** The folders of one strongroom, absolute; each 0700 and its owner's alone. */
export interface Home {
  readonly vault: string;
  readonly config: string;
  readonly state: string;
  readonly log: string;
  readonly run: string;
  readonly backups: string;
}

/** The variables that decide where things are. */
export interface PathEnvironment {
  readonly [name: string]: string | undefined;
}

/** The longest socket path in bytes: Node 20 cuts longer ones silently at 108. */
export const SOCKET_PATH_BYTES = 103;

/** Bytes that the name under which a socket is bound is longer than the one it gets: `.` and 8 hex. */
export const SOCKET_SUFFIX_BYTES = 9;

/** The name of the daemon's record in the vault folder. */
export const RECORD_NAME = "daemon.pid";

/**
 * The folders below `STRONGROOM_HOME`, or those of `env-paths` (which reads the variables of
 * the process itself). Throws `INVALID` when `STRONGROOM_HOME` is set but empty: guessing the
 * usual vault would touch the wrong secrets. So does a `HOME` or `XDG_*` that is no absolute path:
 * each working folder would have a vault of its own.
 */
export function resolveHome(env: PathEnvironment): Home {
  const root = env["STRONGROOM_HOME"];
  if (root === undefined) return usualHome();
  if (root === "") {
    throw new StrongroomError("INVALID", "STRONGROOM_HOME is set but empty", {
      hint: "unset STRONGROOM_HOME, or give it the path of a folder",
    });
  }
  const below = (folder: string): string => join(resolve(root), folder);
  return {
    vault: below("vault"),
    config: below("config"),
    state: below("state"),
    log: below("log"),
    run: below("run"),
    backups: below("backups"),
  };
}

interface Folders {
  readonly data: string;
  readonly config: string;
  readonly log: string;
}
type EnvPaths = (name: string, options: { readonly suffix: string }) => Folders;

function usualHome(): Home {
  const { data, config, log } =
    process.platform === "win32" ? windowsFolders(process.env, homedir()) : usualFolders();
  const astray = [data, config, log].find((folder) => !isAbsolute(folder));
  if (astray !== undefined) {
    throw new StrongroomError("INVALID", `HOME or an XDG folder is no absolute path: ${astray}`, {
      hint: "give it an absolute path, or set STRONGROOM_HOME to the path of a folder",
    });
  }
  return {
    vault: join(data, "vault"),
    config,
    // On Linux env-paths' log folder is below XDG_STATE_HOME already.
    state: join(process.platform === "linux" ? log : data, "state"),
    log,
    run: join(data, "run"),
    backups: join(data, "backups"),
  };
}

/** `env-paths` asks for the home of this user as it is loaded, which need not have one. */
function usualFolders(): Folders {
  // Loaded here because it costs several milliseconds, which a set STRONGROOM_HOME need not pay.
  const load = createRequire(import.meta.url);
  try {
    const { default: envPaths } = load("env-paths") as { readonly default: EnvPaths };
    return envPaths("strongroom", { suffix: "" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SYSTEM_ERROR") throw error;
    const uid = process.getuid?.() ?? 0;
    const why = `HOME is not set, and the system knows no home of user ${uid}`;
    throw new StrongroomError("INVALID", why, {
      hint: "set HOME, or STRONGROOM_HOME, to the path of a folder that this user may write to",
      cause: error,
    });
  }
}

/**
 * What `env-paths` says on Windows. To import it there reads the title of the process, which in one
 * without a console ends it (libuv's `uv_get_process_title`).
 */
export function windowsFolders(env: PathEnvironment, user: string): Folders {
  const { APPDATA: roaming, LOCALAPPDATA: local } = env;
  const ours = win32.join(local || win32.join(user, "AppData", "Local"), "strongroom");
  const theirs = roaming || win32.join(user, "AppData", "Roaming");
  const config = win32.join(theirs, "strongroom", "Config");
  return { data: win32.join(ours, "Data"), config, log: win32.join(ours, "Log") };
}

/** What a vault is called: the first 16 hex digits of SHA-256 of its folder's real path. */
export function vaultIdentity(realpath: string): string {
  return createHash("sha256").update(realpath).digest("hex").slice(0, 16);
}

/** Where it is kept which vault is in a place, by that place's real path. */
export function pinPath(stateFolder: string, realpath: string): string {
  return join(stateFolder, `${vaultIdentity(realpath)}.pin`);
}

/**
 * The socket paths of a vault, best first: `$XDG_RUNTIME_DIR/strongroom/` when that runtime
 * folder exists and is ours, `run/` of the home, `<tmpdir>/strongroom-<uid>/`. Only those short
 * enough with their temporary suffix. None on Windows, where the record names the pipe.
 */
export function socketCandidates(home: Home, identity: string, env: PathEnvironment): string[] {
  const uid = process.getuid?.();
  if (uid === undefined) return [];
  const runtime = env["XDG_RUNTIME_DIR"];
  const folders = [home.run, temporaryFolder(uid)];
  if (runtime !== undefined && runtime.startsWith("/") && isOurs(runtime, uid)) {
    folders.unshift(join(runtime, "strongroom"));
  }
  return folders
    .map((folder) => join(folder, `${identity}.sock`))
    .filter((path) => Buffer.byteLength(path) + SOCKET_SUFFIX_BYTES <= SOCKET_PATH_BYTES);
}

/** Where a user's sockets are when the home cannot hold them. */
export function temporaryFolder(uid: number): string {
  return join(resolve(tmpdir()), `strongroom-${uid}`);
}

/**
 * The socket beside an owner's for those who have an API key: the one to mount into a container.
 * Four bytes longer, which still fits with its temporary suffix.
 */
export function keySocketOf(path: string): string {
  return path.replace(/\.sock$/, ".key.sock");
}

function isOurs(folder: string, uid: number): boolean {
  try {
    const stats = statSync(folder, { bigint: true });
    return stats.isDirectory() && Number(stats.uid) === uid;
  } catch {
    return false;
  }
}
