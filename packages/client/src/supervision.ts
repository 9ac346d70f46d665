import { realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { readSmallFile } from "./protocol/index.ts";
import type { Home } from "./protocol/index.ts";

/** The name of the file in the `config` folder that says who starts the daemon of a vault. */
export const SUPERVISION_NAME = "service.json";

/** Two paths, as long as a system has them, and some words. */
const LONGEST_BYTES = 16_384;

/**
 * Who starts the daemon of a vault, and how it is asked to: by a connection to the socket on which
 * systemd listens, or by a command that launchd or the task scheduler of Windows has.
 */
export type Supervision = {
  readonly unit: string;
  /** The real path of the vault's folder. */
  readonly vault: string;
} & (
  | { readonly kind: "launchd" | "windows" }
  | { readonly kind: "systemd"; readonly socket: string }
);

/** The bytes of that file. */
export function formatSupervision(supervision: Supervision): string {
  return `${JSON.stringify({ schema: 1, ...supervision })}\n`;
}

/**
 * Who starts the daemon of this home; undefined where that is whoever needs it, and where the file
 * was copied here with a home: it names the daemon of another vault.
 */
export function readSupervision(home: Home): Supervision | undefined {
  const noted = notedSupervision(home);
  return noted?.vault === realPath(home.vault) ? noted : undefined;
}

/** What the file says, though the vault that it names may be another one, or gone. */
export function notedSupervision(home: Home): Supervision | undefined {
  const text = readSmallFile(join(home.config, SUPERVISION_NAME), LONGEST_BYTES);
  let read: unknown;
  try {
    read = JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null) return undefined;
  const { kind, socket, unit, vault } = read as { readonly [field: string]: unknown };
  // It is an argument of a program.
  if (typeof unit !== "string" || !/^[a-z0-9][a-z0-9.-]{0,63}$/u.test(unit)) return undefined;
  if (typeof vault !== "string" || !isAbsolute(vault)) return undefined;
  if (kind === "launchd" || kind === "windows") return { kind, unit, vault };
  if (kind !== "systemd" || typeof socket !== "string" || !isAbsolute(socket)) return undefined;
  return { kind, unit, vault, socket };
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
