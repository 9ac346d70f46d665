import { lstatSync, realpathSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import type { Socket } from "node:net";
import { basename, dirname, join } from "node:path";
import {
  checkFolder,
  keySocketOf,
  mountedDoor,
  readRecord,
  RECORD_NAME,
  socketCandidates,
  StrongroomError,
  vaultIdentity,
} from "./protocol/index.ts";
import type { Home, PathEnvironment } from "./protocol/index.ts";
import { realElsewhere } from "./elsewhere.ts";
import { byShortPath } from "./short-path.ts";
import { isForbidden, systemCode } from "./system-error.ts";

/**
 * What one look at a vault's sockets shows: a connection; nobody listens, or a stranger who cannot
 * be the daemon; or somebody does but has no room just now (EAGAIN), which is a reason to wait and
 * none to start another.
 */
export type Dialled =
  | { readonly kind: "busy" }
  | { readonly kind: "connected"; readonly socket: Socket; readonly endpoint: string }
  | { readonly kind: "nobody"; readonly stranger?: StrongroomError };

/**
 * Tries every socket that the daemon of a home may have, the one of its record first. Throws
 * `UNAVAILABLE` when a sandbox forbids connecting, and `DENIED` when a socket stands in a folder
 * that is open to others: whoever put it there would be given secrets.
 */
export async function dial(home: Home, env: PathEnvironment, hasKey = false): Promise<Dialled> {
  const door = hasKey ? mountedDoor(home) : undefined;
  if (door !== undefined) return await dialDoor(door);
  const paths = endpoints(home, env, hasKey);
  return await dialAt(...(hasKey ? [...paths.map(keySocketOf), ...paths] : paths));
}

/** The same of sockets at these paths, likeliest first. */
export async function dialAt(...paths: readonly string[]): Promise<Dialled> {
  let busy = false;
  let forbidden: StrongroomError | undefined;
  for (const path of paths) {
    if (!isTrusted(path, forbidden)) continue;
    const met = await tryConnect(path);
    if (typeof met !== "string") return { kind: "connected", socket: met, endpoint: path };
    // The second is that of a pipe all of whose ends are taken.
    if (met === "EAGAIN" || met === "EBUSY") busy = true;
    else if (met === "ENAMETOOLONG") forbidden ??= tooLong(path, paths);
    else if (isForbidden(met)) forbidden ??= sandboxed(path, met);
    else if (met !== "ENOENT" && met !== "ECONNREFUSED") {
      throw barred(`cannot connect to ${path}: ${met}`, "strongroom doctor");
    }
  }
  if (busy) return { kind: "busy" };
  if (forbidden !== undefined) throw forbidden;
  return { kind: "nobody" };
}

async function dialDoor(path: string): Promise<Dialled> {
  const met = await tryConnect(path);
  if (typeof met !== "string") return { kind: "connected", socket: met, endpoint: path };
  if (met === "EAGAIN") return { kind: "busy" };
  if (met === "ECONNREFUSED" || met === "ENOENT") {
    throw barred(
      `nobody serves ${path}`,
      "start the daemon where its vault is: strongroom daemon start; and mount the folder of the socket, not the socket, which is another one after each start",
    );
  }
  throw barred(
    `connecting to ${path} is not permitted: ${met}`,
    "run as a user whom its mode lets in, or in its group; it is set by: strongroom key socket FOLDER --group GROUP",
  );
}

/** The sockets at which the daemon of a home may be met, likeliest first. */
export function endpoints(home: Home, env: PathEnvironment, hasKey = false): readonly string[] {
  const recorded = readRecord(join(home.vault, RECORD_NAME))?.endpoint;
  let identity: string;
  try {
    identity = vaultIdentity(realpathSync(home.vault));
  } catch (error) {
    const isGone = systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR";
    if (isGone && !hasKey) return [];
    if (!isGone)
      throw barred(`cannot reach ${home.vault}: ${systemCode(error)}`, "strongroom doctor");
    // In a sandbox there is the socket for keys and nothing else; it is called as outside.
    identity = vaultIdentity(home.vault);
  }
  const candidates = socketCandidates(home, identity, env);
  // A record that was copied here from elsewhere names the socket of another vault.
  const likely = recorded !== undefined && basename(recorded) === `${identity}.sock`;
  const path = likely ? elsewhere(recorded, home.vault) : undefined;
  return path === undefined ? candidates : [path, ...candidates.filter((each) => each !== path)];
}

/** The socket of a record by the path that it really has, where that is one to connect to. */
function elsewhere(endpoint: string, vault: string): string | undefined {
  try {
    const folder = realElsewhere(dirname(endpoint), vault);
    return folder === undefined ? undefined : join(folder, basename(endpoint));
  } catch {
    return undefined;
  }
}

/** False when there is no socket to meet. Throws what was `forbidden` before, where this one is too. */
function isTrusted(path: string, forbidden: StrongroomError | undefined): boolean {
  const uid = process.getuid?.();
  if (uid === undefined) return true;
  const folder = dirname(path);
  try {
    lstatSync(path, { bigint: true });
    // A stranger's folder in a shared place: no daemon of ours has its socket there.
    if (Number(lstatSync(folder, { bigint: true }).uid) !== uid) return false;
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    if (isForbidden(code)) throw forbidden ?? sandboxed(path, code);
    throw barred(`cannot look at ${path}: ${code}`, "strongroom doctor");
  }
  return checkFolder(folder);
}

/** Unless it was tried by another path, who listens there is not known. */
function tooLong(path: string, tried: readonly string[]): StrongroomError | undefined {
  const folder = dirname(path);
  const others = tried.filter((each) => each !== path);
  if (others.some((each) => realpathOf(dirname(each)) === folder)) return undefined;
  return barred(
    `the real path of ${path} is too long to connect to`,
    "set XDG_RUNTIME_DIR, or STRONGROOM_HOME, as its daemon has it; or stop that, and give it a folder whose real path is shorter",
  );
}

function realpathOf(folder: string): string | undefined {
  try {
    return realpathSync.native(folder);
  } catch {
    return undefined;
  }
}

function sandboxed(path: string, code: string): StrongroomError {
  return barred(
    `connecting to ${path} is not permitted: ${code}`,
    "this process seems to run in a sandbox; let it reach that socket, or run it outside",
  );
}

const bars = new WeakSet<object>();

/** Whether connecting failed because the way to the socket is barred: a daemon may serve there. */
export function isBarred(error: unknown): boolean {
  return error instanceof StrongroomError && bars.has(error);
}

function barred(message: string, hint: string): StrongroomError {
  const error = new StrongroomError("UNAVAILABLE", message, { hint });
  bars.add(error);
  return error;
}

function tryConnect(path: string): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = startConnecting(path);
    if (typeof socket === "string") {
      resolve(socket);
      return;
    }
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      // A socket without a listener for errors ends the process when the other side is rude.
      socket.on("error", () => {});
      resolve(socket);
    });
    socket.once("error", (error) => {
      socket.destroy();
      resolve(systemCode(error));
    });
  });
}

function startConnecting(path: string): Socket | string {
  try {
    return byShortPath(path, (short) => connectSocket(short)) ?? "ENAMETOOLONG";
  } catch (error) {
    return systemCode(error);
  }
}
