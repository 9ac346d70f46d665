import { lstatSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { dirname, join } from "node:path";
import { StrongroomError } from "./errors.ts";
import type { Home } from "./paths.ts";
import { SHARED_SOCKET_NAME } from "./shared-door.ts";

/** A folder at `run` that may hold the socket of somebody else's daemon. */
interface Mount {
  readonly socket: BigIntStats | string;
  readonly folder: BigIntStats;
  readonly above: BigIntStats;
}

/**
 * The socket for other users that was mounted into this home, for those who have an API key;
 * undefined where there is none. It is another user's, so where it lies must be ours or root's to
 * say, and what lies in its folder that user's alone: else anybody could take the key for it.
 */
export function mountedDoor({ run, vault }: Pick<Home, "run" | "vault">): string | undefined {
  const mount = lookAtMount(run);
  if (mount === undefined || isOpenAbove(mount) || isOpenFolder(mount)) return undefined;
  // It is not for this user, or not there just now: who connects is told so.
  const isOurs = isUnseen(mount.socket) && isTrusted(mount.folder);
  return isOurs && !isMounted(mount, vault) ? undefined : pathIn(run);
}

/**
 * Why what is mounted at `run` cannot be used as it is: `DENIED`, with what goes on for whoever is
 * refused, who may change nothing of it, since it is the folder of the vault's owner; undefined
 * where nothing is mounted there.
 */
export function mountedRefusal({
  run,
  vault,
}: Pick<Home, "run" | "vault">): StrongroomError | undefined {
  const mount = lookAtMount(run);
  if (mount === undefined || !isMounted(mount, vault)) return undefined;
  if (isOpenAbove(mount)) {
    return denied(
      `${dirname(run)} is another user's, or open to others: what is mounted at ${run} could be anybody's`,
      `mount the folder of ${SHARED_SOCKET_NAME} as FOLDER/run, in a folder that is yours or root's and nobody else's to write in, then: export STRONGROOM_HOME=FOLDER`,
    );
  }
  if (isOpenFolder(mount)) {
    return denied(
      `${run} is not its owner's alone to write in, or its ${SHARED_SOCKET_NAME} is no socket of that owner: it could be anybody's`,
      "make it anew where its daemon is: strongroom key socket FOLDER --group GROUP",
    );
  }
  if (mount.socket === "EACCES") {
    return denied(
      `${run} is for those whom user ${mount.folder.uid} has let in, and not for this user`,
      "have it made anew for a group of this user, where its daemon is: strongroom key socket FOLDER --group GROUP",
    );
  }
  return denied(
    `${run} holds the socket of user ${mount.folder.uid} for those who have an API key, and none was given`,
    "name the file with the key that the owner of the vault has made for you: export STRONGROOM_API_KEY_FILE=FILE",
  );
}

/** Nothing but the socket for keys is called so; where it is unseen, there is no vault beside it. */
function isMounted({ folder, socket }: Mount, vault: string): boolean {
  if (!isUnseen(socket)) return true;
  const isTheirs = socket === "EACCES" || !isTrusted(folder) || isPassage(folder);
  return isTheirs && look(vault) === "ENOENT";
}

/** Others may go through it and not list it, as is said of the folder of the socket, and of no other. */
function isPassage({ mode }: BigIntStats): boolean {
  return (mode & 0o011n) !== 0n && (mode & 0o066n) === 0n;
}

function lookAtMount(run: string): Mount | undefined {
  const [above, folder] = [look(dirname(run)), look(run)];
  if (typeof above !== "object" || typeof folder !== "object") return undefined;
  if (!folder.isDirectory()) return undefined;
  return { above, folder, socket: look(pathIn(run)) };
}

function isOpenAbove({ above }: Mount): boolean {
  return !isTrusted(above) || isOthers(above);
}

function isOpenFolder({ folder, socket }: Mount): boolean {
  if (isOthers(folder)) return true;
  if (isUnseen(socket)) return false;
  if (typeof socket !== "object" || !socket.isSocket()) return true;
  return !isTrusted(folder) && socket.uid !== folder.uid;
}

function isUnseen(socket: BigIntStats | string): boolean {
  return socket === "EACCES" || socket === "ENOENT";
}

function isOthers({ mode }: BigIntStats): boolean {
  return (mode & 0o022n) !== 0n;
}

function isTrusted({ uid }: BigIntStats): boolean {
  return uid === 0n || uid === BigInt(process.getuid?.() ?? -1);
}

function pathIn(run: string): string {
  return join(run, SHARED_SOCKET_NAME);
}

function look(path: string): BigIntStats | string {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

function denied(message: string, hint: string): StrongroomError {
  return new StrongroomError("DENIED", message, { hint });
}
