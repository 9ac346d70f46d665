import { closeSync, constants, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { StrongroomError } from "./protocol/index.ts";
import type { Home } from "./protocol/index.ts";
import { systemCode } from "./system-error.ts";

/** The files that make a vault; one of them without `vault.json` is a damaged vault, not none. */
const OURS = /^(?:slots\.json|(?:claim|snapshot|journal|audit)\.[0-9a-f]{16})$/;

/**
 * The id in a home's `vault.json`, or undefined when there is no vault. Throws `CORRUPT` when
 * the file cannot be one or is missing beside other files of a vault, and `DENIED` when it may
 * not be read: neither is "no vault".
 */
export function readVaultId(home: Home): string | undefined {
  const path = join(home.vault, "vault.json");
  let text: string;
  try {
    text = readPlainFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      refuseRemains(home, path);
      return undefined;
    }
    throw unreadable(path, code);
  }
  return parseId(text, path);
}

/** The error of a client that only wants to read and finds no vault. */
export function noVault(home: Home): StrongroomError {
  return new StrongroomError("NOT_FOUND", `there is no vault in ${home.vault}`, {
    hint: "create one with: strongroom init",
  });
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

function refuseRemains(home: Home, path: string): void {
  let names: string[];
  try {
    names = readdirSync(home.vault);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return;
    throw unreadable(home.vault, code);
  }
  // An interrupted birth: nothing was acknowledged, and the next daemon resumes it.
  if (names.includes("vault.json.tmp")) return;
  const remains = names.find((name) => OURS.test(name));
  if (remains === undefined) return;
  throw new StrongroomError("CORRUPT", `${path} is missing beside ${remains}`, {
    hint: "put it back, or see what can be saved: strongroom repair --to EMPTYDIR",
  });
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
    hint: denied ? `look at its owner and mode: ls -ld ${path}` : "strongroom doctor",
  });
}
