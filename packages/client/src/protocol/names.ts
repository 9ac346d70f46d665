import { StrongroomError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** Judges the name of a new secret; `INVALID` says what is wrong with it. */
export function checkName(name: string): void {
  if (name === "" || Buffer.byteLength(name) > LIMITS.nameBytes || /[*?[\]{}\p{Cc}]/u.test(name)) {
    throw new StrongroomError("INVALID", "a name is 1-255 bytes without control characters");
  }
}
