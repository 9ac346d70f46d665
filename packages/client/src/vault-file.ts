import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { join } from "node:path";
import { moveAside, pinPath, shellWord, StrongroomError } from "./protocol/index.ts";
import type { Home } from "./protocol/index.ts";
import { systemCode } from "./system-error.ts";

/** The files that make a vault; one of them without `vault.json` is a damaged vault, not none. */
const OURS = /^(?:slots(?:\.previous)?\.json|(?:claim|snapshot|journal|audit)\.[0-9a-f]{16})$/;

/** A birth may end between a look at `vault.json` and a look at the folder; the next look sees it. */
const LOOKS = 3;

/**
 * The id in a home's `vault.json`, or undefined when there is no vault. Throws `CORRUPT` when
 * the file cannot be one or is missing beside other files of a vault, its key file or its pin, and
 * `DENIED` when it may not be read: neither is "no vault".
 */
export function readVaultId(home: Home): string | undefined {
  const path = join(home.vault, "vault.json");
  const keyfile = join(home.config, "keyfile");
  const pin = pinPath(home.state, realOr(home.vault));
  let remains: string | undefined;
  for (let look = 0; look < LOOKS; look += 1) {
    const text = readIfThere(path);
    if (text !== undefined) return parseId(text, path);
    const names = list(home.vault);
    // An interrupted birth: nothing was acknowledged, and the next daemon resumes it.
    if (names.includes("vault.json.tmp")) return undefined;
    remains = names.find((name) => OURS.test(name));
    // A disk that is not mounted looks like this, and no new vault shall take its place.
    remains ??= [keyfile, pin].find(isThere);
    if (remains === undefined) return undefined;
  }
  throw new StrongroomError("CORRUPT", `${path} is missing beside ${remains}`, {
    hint:
      remains === keyfile || remains === pin
        ? `put the vault back from a copy; for a new one: ${moveAside(remains)}`
        : "put it back, or see what can be saved: strongroom repair --to EMPTYDIR",
  });
}

/** The error of a client that only wants to read and finds no vault. */
export function noVault(home: Home): StrongroomError {
  return new StrongroomError("NOT_FOUND", `there is no vault in ${home.vault}`, {
    hint: "create one with: strongroom init",
  });
}

/** The same for who acts with a key, to whom the vault's folder need not be shown. */
export function noSocket(home: Home): StrongroomError {
  return new StrongroomError(
    "NOT_FOUND",
    `there is no vault in ${home.vault}, nor its socket for keys`,
    {
      hint: "in a sandbox, mount the vault's .key.sock where it is outside, and set the same STRONGROOM_HOME and XDG_RUNTIME_DIR",
    },
  );
}

function parseId(text: string, path: string): string {
  try {
    const parsed = JSON.parse(text) as { readonly id?: unknown } | null;
    if (typeof parsed?.id === "string" && parsed.id !== "") return parsed.id;
  } catch {
    // Falls through: what is wrong with the text may be its bytes, which are not ours to print.
  }
  throw new StrongroomError("CORRUPT", `${path} is not a vault's description`, {
    hint: "see what can be saved: strongroom repair --to EMPTYDIR",
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readPlainFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, code);
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw unreadable(folder, code);
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unreadable(path, systemCode(error));
  }
}

/** Of a folder that is gone nothing but its name is known. */
function realOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

// Neither a link nor a FIFO put there may lead away or hang.
function readPlainFile(path: string): string {
  const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;
  const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function unreadable(path: string, code: string): StrongroomError {
  const denied = code === "EACCES" || code === "EPERM";
  return new StrongroomError(denied ? "DENIED" : "CORRUPT", `${path} cannot be read: ${code}`, {
    hint: denied ? `look at its owner and mode: ls -ld ${shellWord(path)}` : "strongroom doctor",
  });
}
