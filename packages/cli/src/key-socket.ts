import { chmodSync, chownSync, lstatSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  folderMode,
  formatSharedDoor,
  makeFolder,
  ownProcess,
  readRecord,
  readSharedDoor,
  RECORD_NAME,
  resolveHome,
  SHARED_DOOR_NAME,
  SHARED_SOCKET_NAME,
  shellWord,
  SOCKET_PATH_BYTES,
  SOCKET_SUFFIX_BYTES,
  socketCandidates,
  StrongroomError,
  vaultIdentity,
} from "@strongroom/client/protocol";
import type { Home, Result, SharedDoor } from "@strongroom/client/protocol";
import type { Input } from "./command.ts";
import { isThere } from "./door-sight.ts";
import { isRecorded } from "./doctor/record.ts";
import { groupId } from "./group-id.ts";
import { writeData, writeJson, writeNote } from "./output.ts";
import { replaceFile } from "./replace-file.ts";

/** The daemon looks every 5 s. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 100;

/** `key socket [FOLDER | off]`: a socket for other users, in a folder to be mounted into containers. */
export async function keySocket({ positionals, values, caller }: Input): Promise<number> {
  const [, word] = positionals;
  if (process.platform === "win32") {
    writeNote("strongroom: on Windows there is no socket for other users");
    return 18;
  }
  const home = resolveHome(process.env);
  const marker = join(home.config, SHARED_DOOR_NAME);
  if (word === undefined) return tell(readSharedDoor(home), values);
  const before = readSharedDoor(home);
  // Whoever may not speak for the owner changes nothing; and a daemon shall serve it.
  const pid = await demandOwner(caller, word === "off");
  if (word === "off") {
    rmSync(marker, { force: true });
    nudge(home, pid);
    if (before !== undefined) await until(() => !isThere(before));
    writeNote("strongroom: there is no socket for other users");
    return 0;
  }
  const place = { vault: realpathSync(home.vault), folder: resolve(word) };
  const door = { ...place, mode: modeOf(values), group: groupOf(values) };
  demandOutside(home, door);
  prepare(door, before?.folder === door.folder);
  replaceFile(marker, Buffer.from(formatSharedDoor(door)));
  nudge(home, pid);
  await until(() => isThere(door));
  return tell(door, values);
}

/** What a vault whose key is not there says to `vault/status`. */
const SHUT: ReadonlySet<string> = new Set(["failed", "locked"]);

/**
 * The process of the daemon, if this is its owner; throws what a key is refused with. To take a way
 * in away no key of the vault is needed: it lets nobody in.
 */
async function demandOwner(caller: Input["caller"], isAway: boolean): Promise<number> {
  try {
    await caller.call("key/list", {});
  } catch (error) {
    if (!isAway) throw error;
    const status: Partial<Result<"vault/status">> = await caller.call("vault/status", {});
    // An API key is told nothing but the state.
    if (status.pid === undefined || !SHUT.has(status.state ?? "")) throw error;
    return status.pid;
  }
  return (await caller.call("vault/status", {})).pid;
}

/** Has the daemon look now; where it is not certain that it has that number, it looks by itself. */
function nudge(home: Home, pid: number): void {
  const record = readRecord(join(home.vault, RECORD_NAME));
  if (record?.pid !== pid || record.namespace !== (ownProcess()?.namespace ?? null)) return;
  if (isRecorded(record)) process.kill(pid, "SIGHUP");
}

function tell(door: SharedDoor | undefined, values: Input["values"]): number {
  const socket = door === undefined ? null : join(door.folder, SHARED_SOCKET_NAME);
  const mode = door === undefined ? null : door.mode.toString(8).padStart(4, "0");
  const { folder = null, group = null } = door ?? {};
  if (values["json"] === true) writeJson({ socket, folder, mode, group });
  else if (socket === null) writeNote("strongroom: there is no socket for other users");
  else writeData(`${socket}\n`);
  return 0;
}

function modeOf({ group, mode }: Input["values"]): number {
  const text = typeof mode === "string" ? mode : group === undefined ? "600" : "660";
  if (/^0?6(?:00|60|66)$/u.test(text)) return Number.parseInt(text, 8);
  throw new StrongroomError("INVALID", `--mode is 600, 660 or 666, and not ${text}`, {
    hint: "strongroom help key",
  });
}

function groupOf({ group }: Input["values"]): number | null {
  return typeof group === "string" ? groupId(group) : null;
}

function within(path: string, above: string): boolean {
  return `${path}/`.startsWith(`${above}/`);
}

/** None of the home or of its sockets, which are their owner's alone, whatever it is called. */
function demandOutside(home: Home, { folder, vault }: Pick<SharedDoor, "folder" | "vault">): void {
  const sockets = socketCandidates(home, vaultIdentity(vault), process.env).map(dirname);
  const own = [...Object.values<string>({ ...home }), ...sockets].map(realPath);
  const real = realPath(folder);
  if (own.every((each) => !within(real, each) && !within(each, real))) return;
  throw new StrongroomError("INVALID", `${folder} is a folder of the vault's own`, {
    hint: "give it a folder of its own: strongroom key socket FOLDER",
  });
}

/** Without links, as far as there is such a path. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPath(above), basename(path));
  }
}

/** The folder, so that its owner alone puts something into it, and those who may connect pass. */
function prepare({ folder, group, mode }: SharedDoor, isOwn: boolean): void {
  const hint = `give it a folder of its own that you may make: strongroom key socket FOLDER`;
  if (Buffer.byteLength(join(folder, SHARED_SOCKET_NAME)) + SOCKET_SUFFIX_BYTES > SOCKET_PATH_BYTES)
    throw new StrongroomError("INVALID", `${folder} is too long a path for a socket`, { hint });
  try {
    makeFolder(folder);
    const stats = lstatSync(folder, { bigint: true });
    // A socket that is there may be that of another vault.
    const others = readdirSync(folder).filter(
      (name) => !isOwn || !name.startsWith(SHARED_SOCKET_NAME),
    );
    if (!stats.isDirectory() || Number(stats.uid) !== process.getuid?.() || others.length > 0) {
      throw new StrongroomError("INVALID", `${folder} is another's, or holds something else`, {
        hint,
      });
    }
    if (group !== null) chownSync(folder, process.getuid(), group);
    chmodSync(folder, folderMode(mode));
  } catch (error) {
    if (error instanceof StrongroomError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const whose = group === null ? "" : ` for group ${group}`;
    throw new StrongroomError("DENIED", `${folder} cannot be made ready${whose}: ${code}`, {
      hint: group === null ? hint : `a group that you are in: id; or: ls -ld ${shellWord(folder)}`,
    });
  }
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) {
      throw new StrongroomError("TIMEOUT", "the daemon has not taken it up yet", {
        hint: "see why: strongroom daemon logs",
      });
    }
    await pause(LOOK_MS);
  }
}
