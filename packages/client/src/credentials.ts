import { readFileSync } from "node:fs";
import { StrongroomError } from "./protocol/index.ts";
import type { PathEnvironment } from "./protocol/index.ts";
import { systemCode } from "./system-error.ts";

/**
 * Judges the credential variables: set but empty, unreadable, or a kind that this version does
 * not know is `DENIED`. Falling back to the owner's session would give a caller who was handed
 * a narrow key the whole vault.
 */
export function checkCredentials(env: PathEnvironment): void {
  const key = env["STRONGROOM_API_KEY"];
  if (key === "") throw empty("STRONGROOM_API_KEY");
  if (key !== undefined) throw unsupported("STRONGROOM_API_KEY");
  if (readCredential(env, "STRONGROOM_API_KEY_FILE")) throw unsupported("STRONGROOM_API_KEY_FILE");
  readCredential(env, "STRONGROOM_PASSPHRASE_FILE");
}

function readCredential(env: PathEnvironment, variable: string): boolean {
  const path = env[variable];
  if (path === undefined) return false;
  if (path === "") throw empty(variable);
  let length: number;
  try {
    length = readFileSync(path).length;
  } catch (error) {
    throw new StrongroomError(
      "DENIED",
      `the file of ${variable} cannot be read: ${systemCode(error)}`,
      {
        hint: `make ${path} readable, or unset ${variable}`,
      },
    );
  }
  if (length === 0) throw empty(`the file of ${variable}`);
  return true;
}

function empty(what: string): StrongroomError {
  return new StrongroomError("DENIED", `${what} is set but empty`, {
    hint: "give it a value, or unset the variable to act as the owner",
  });
}

function unsupported(variable: string): StrongroomError {
  return new StrongroomError("DENIED", "API keys are not supported by this version", {
    hint: `unset ${variable} to act as the owner`,
  });
}
