import { LIMITS, StrongroomError } from "@strongroom/client/protocol";

/** Somebody else holds it, and has for as long as the caller would wait. */
export function taken(): StrongroomError {
  return new StrongroomError("CONFLICT", "somebody else holds this lease", {
    hint: "wait longer, or try again when it has ended",
  });
}

/** It ended, whoever has it now: nothing may be done under it any more. */
export function notHeld(): StrongroomError {
  return new StrongroomError("CONFLICT", "this lease does not hold any more", {
    hint: "acquire it anew, and begin again from what stands then",
  });
}

/** One connection holds as many as it may. */
export function tooManyHeld(): StrongroomError {
  return new StrongroomError(
    "TOO_LARGE",
    `a connection holds at most ${LIMITS.leases} leases at once`,
    { hint: "release those that are done with, or use another connection" },
  );
}
