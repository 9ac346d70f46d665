import { StrongroomError } from "@strongroom/client/protocol";

/** What is answered while the daemon ends: nothing was executed. */
export function closing(): StrongroomError {
  return new StrongroomError("CLOSING", "the daemon is stopping", {
    hint: "try again: the next request starts a new daemon",
  });
}

/** A vault that could not be opened, for a reason that is a fault of ours. */
export function unforeseen(cause: unknown): StrongroomError {
  return new StrongroomError(
    "INTERNAL",
    "the vault could not be opened for a reason not foreseen",
    {
      hint: "strongroom doctor",
      cause,
    },
  );
}
