import { StrongroomError } from "@strongroom/client/protocol";
import type { ProgramWords } from "../sources/output-of.ts";
import { quoted } from "../vault/quote.ts";

/** Whose program it must be. */
const OWN =
  "name a program of yours or of root's by its absolute path, that only its owner may write: strongroom renewer set NAME --every 1h -- /PROGRAM";

/** How it is said what is wrong with the program that renews a secret; what it wrote is in nothing. */
export function wordsOf(name: string): ProgramWords {
  return {
    denied: (what, mend) =>
      new StrongroomError("DENIED", `${quoted(name)} cannot be renewed: ${what}`, {
        hint: mend === undefined ? OWN : `if you trust what is there: ${mend}; then ask again`,
      }),
    failed: (what, cause) => unrenewed(name, what, cause),
  };
}

/** A secret whose program has failed. */
export function unrenewed(name: string, what: string, cause?: unknown): StrongroomError {
  return new StrongroomError("UNAVAILABLE", `${quoted(name)} cannot be renewed: ${what}`, {
    hint: "run its program by hand, which strongroom renewer list names",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What asks is run by the program that is to answer it. */
export function insideItself(name: string): StrongroomError {
  return new StrongroomError(
    "DENIED",
    `${quoted(name)} is asked for by a program that renews a secret, and would wait for itself`,
    { hint: "let the program find what it needs elsewhere: strongroom help renewer" },
  );
}
