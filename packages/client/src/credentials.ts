import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { isSessionToken, parseApiToken, StrongroomError } from "./protocol/index.ts";
import type { PathEnvironment } from "./protocol/index.ts";
import { systemCode } from "./system-error.ts";

const LONGEST_BYTES = 16_384;
/** What the daemon gives to the programs that it starts, so that they never wait for themselves. */
const RENEWER = "srr_";

/**
 * The API key, or session token, of an environment; undefined where none is set, and the owner asks. One that is set
 * and is empty, unreadable or no key is `DENIED`: falling back to the owner's session would give
 * a caller who was handed a narrow key the whole vault.
 */
export function apiKeyOf(env: PathEnvironment): string | undefined {
  readCredential(env, "STRONGROOM_PASSPHRASE_FILE");
  const inFile = readCredential(env, "STRONGROOM_API_KEY_FILE");
  const key = env["STRONGROOM_API_KEY"];
  if (key === "") throw empty("STRONGROOM_API_KEY");
  const token = key ?? inFile;
  if (token === undefined) return undefined;
  const variable = key === undefined ? "the file of STRONGROOM_API_KEY_FILE" : "STRONGROOM_API_KEY";
  if (token.startsWith(RENEWER)) {
    throw new StrongroomError("DENIED", "a program that renews a secret may not ask its vault", {
      hint: "give it what it needs by its arguments: strongroom help renewer",
    });
  }
  if (parseApiToken(token.trim()) === undefined && !isSessionToken(token.trim())) {
    throw new StrongroomError("DENIED", `${variable} is no API key: it was cut or mistyped`, {
      hint: "give it a whole key (strongroom key create prints one), or unset it to act as the owner",
    });
  }
  return token.trim();
}

function readCredential(env: PathEnvironment, variable: string): string | undefined {
  const path = env[variable];
  if (path === undefined) return undefined;
  if (path === "") throw empty(variable);
  let content: string;
  try {
    content = readPlain(path).slice(0, LONGEST_BYTES);
  } catch (error) {
    throw new StrongroomError(
      "DENIED",
      `the file of ${variable} cannot be read: ${systemCode(error)}`,
      {
        hint: `make ${path} readable, or unset ${variable}`,
      },
    );
  }
  if (content.trim() === "") throw empty(`the file of ${variable}`);
  return content;
}

/** Not waited for: of a pipe that nobody writes to nothing ever comes. */
function readPlain(path: string): string {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const isDirectory = fstatSync(file, { bigint: true }).isDirectory();
    if (isDirectory || fstatSync(file, { bigint: true }).isFIFO()) throw new Error("no file");
    return readFileSync(file, "latin1");
  } finally {
    closeSync(file);
  }
}

function empty(what: string): StrongroomError {
  return new StrongroomError("DENIED", `${what} is set but empty`, {
    hint: "give it a value, or unset the variable to act as the owner",
  });
}
