import { StrongroomError } from "@strongroom/client/protocol";
import { quoted } from "./quote.ts";
import type { Secret } from "./secret.ts";

/** `NOT_FOUND` for a name that cannot be found at this moment, with the command that goes on. */
export function missing(name: string, secret: Secret | undefined): StrongroomError {
  if (secret === undefined) {
    return new StrongroomError("NOT_FOUND", `no secret named ${quoted(name)}`, {
      hint: "strongroom list shows the names",
    });
  }
  const why = secret.value === undefined ? "was deleted" : "has expired";
  return new StrongroomError("NOT_FOUND", `the secret ${quoted(name)} ${why}`, {
    hint:
      secret.value === undefined
        ? "strongroom history NAME, then strongroom restore NAME --version N"
        : "strongroom set NAME stores a new value",
  });
}

/** `NOT_FOUND` for a version that is not kept, or has no value that may be read. */
export function missingVersion(name: string, version: number, why: string): StrongroomError {
  return new StrongroomError("NOT_FOUND", `version ${version} of ${quoted(name)} ${why}`, {
    hint: "strongroom history NAME shows the versions that are kept",
  });
}
