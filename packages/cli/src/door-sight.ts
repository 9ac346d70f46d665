import { lstatSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { join } from "node:path";
import {
  folderMode,
  readSharedDoor,
  SHARED_SOCKET_NAME,
  sharedDoorCommand,
} from "@strongroom/client/protocol";
import type { Home, SharedDoor } from "@strongroom/client/protocol";
import type { Attention } from "./attention.ts";

/** Whether the socket for other users stands where its owner wants it, for whom he wants it. */
export function isThere({ folder, group, mode }: SharedDoor): boolean {
  const stats = look(join(folder, SHARED_SOCKET_NAME));
  const isDressed = stats !== undefined && Number(stats.mode & 0o777n) === mode;
  return isDressed && stats.isSocket() && (group === null || Number(stats.gid) === group);
}

/** What is wrong with the socket for other users, and the command that mends it. */
export interface MissingDoor extends Attention {
  /** Its folder is as it should be: a daemon that starts puts the socket there. */
  readonly isSocketAlone: boolean;
}

/** Why nobody comes in by the socket for other users; undefined where it stands, or none shall. */
export function missingDoor(home: Pick<Home, "config" | "vault">): MissingDoor | undefined {
  const door = readSharedDoor(home);
  if (door === undefined) return undefined;
  const { folder, group, mode } = door;
  const socket = join(folder, SHARED_SOCKET_NAME);
  const stats = look(folder);
  const mend = { next: sharedDoorCommand(door), isSocketAlone: false };
  if (stats === undefined) {
    const message = `${folder} is gone, and ${SHARED_SOCKET_NAME} with it: nobody connects by it`;
    return { ...mend, message };
  }
  if (!stats.isDirectory() || Number(stats.uid) !== process.getuid?.()) {
    const message = `${folder} is no folder of yours, so ${SHARED_SOCKET_NAME} is not served in it`;
    return { ...mend, message, next: "strongroom key socket FOLDER" };
  }
  const needed = BigInt(folderMode(mode));
  const isOfGroup = group === null || Number(stats.gid) === group;
  if (!isOfGroup || (stats.mode & needed) !== needed || (stats.mode & 0o022n) !== 0n) {
    const message = `${folder} bars those who would connect to ${SHARED_SOCKET_NAME}, or lets others write in it`;
    return { ...mend, message };
  }
  if (isThere(door)) return undefined;
  const message = `${socket} is not there as it was asked for: nobody connects by it`;
  return { ...mend, message, isSocketAlone: true };
}

function look(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
