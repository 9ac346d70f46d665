import { realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Home } from "./paths.ts";
import { shellWord } from "./shell-word.ts";
import { readSmallFile } from "./small-file.ts";

/** The file in the `config` folder that says where the socket for other users is. */
export const SHARED_DOOR_NAME = "key-socket.json";

/** Two paths, as long as a system has them, and some words. */
const LONGEST_BYTES = 16_384;

/** The name of that socket in its folder, which is what a container is given. */
export const SHARED_SOCKET_NAME = "key.sock";

/** A folder with a socket for those who have an API key and need not be the owner of the vault. */
export interface SharedDoor {
  /** The real path of the vault's folder: a home that was copied has no door by that. */
  readonly vault: string;
  /** Absolute; its owner's alone to write in. */
  readonly folder: string;
  /** Of the socket: 0o600, and what of 0o066 is given to its group and to everybody. */
  readonly mode: number;
  /** The group of both; null = that of the owner. */
  readonly group: number | null;
}

/** The bytes of that file. */
export function formatSharedDoor({ vault, folder, mode, group }: SharedDoor): string {
  return `${JSON.stringify({ schema: 1, vault, folder, mode, group })}\n`;
}

/** The command that has it as it was asked for, once more. */
export function sharedDoorCommand({ folder, group, mode }: SharedDoor): string {
  const whose = group === null ? "" : ` --group ${group}`;
  return `strongroom key socket ${shellWord(folder)} --mode ${mode.toString(8)}${whose}`;
}

/** Where the socket for other users of a vault is; undefined where there shall be none. */
export function readSharedDoor(home: Pick<Home, "config" | "vault">): SharedDoor | undefined {
  let read: unknown;
  let here: string;
  try {
    here = realpathSync(home.vault);
    read = JSON.parse(readSmallFile(join(home.config, SHARED_DOOR_NAME), LONGEST_BYTES) ?? "");
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null) return undefined;
  const { folder, group, mode, vault } = read as { readonly [field: string]: unknown };
  if (vault !== here) return undefined;
  if (typeof folder !== "string" || !isAbsolute(folder)) return undefined;
  if (typeof mode !== "number" || !isSharedMode(mode)) return undefined;
  if (group !== null && !(typeof group === "number" && Number.isSafeInteger(group) && group >= 0)) {
    return undefined;
  }
  return { vault: here, folder, group, mode };
}

/** Whether a socket may have this mode: its owner's to use, and no bit that means nothing to one. */
export function isSharedMode(mode: number): boolean {
  return Number.isInteger(mode) && (mode & ~0o066) === 0o600;
}

/** The mode of the folder of a socket with this mode: passed through by those who may connect. */
export function folderMode(mode: number): number {
  return 0o700 | ((mode & 0o060) === 0 ? 0 : 0o010) | ((mode & 0o006) === 0 ? 0 : 0o001);
}
