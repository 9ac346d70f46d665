import { StrongroomError } from "@strongroom/client/protocol";

/** Anything thrown as what a caller may see: a fault of ours says nothing but that. */
export function refusalOf(thrown: unknown): StrongroomError {
  if (thrown instanceof StrongroomError) return thrown;
  return new StrongroomError("INTERNAL", "a fault inside the daemon; its log says more", {
    hint: "strongroom daemon logs",
    cause: thrown,
  });
}

/** The daemon ends in order, and this was not executed. */
export function stopping(): StrongroomError {
  return new StrongroomError("CLOSING", "the daemon is stopping", {
    hint: "try again: the next request starts a new daemon",
  });
}

/** A request that was taken back before its turn. */
export function cancelled(): StrongroomError {
  return new StrongroomError("TIMEOUT", "the request was cancelled and was not executed");
}

/** A failed append as what its waiters see: unless the log says otherwise, nobody knows. */
export function outcomeUnknown(thrown: unknown): StrongroomError {
  if (thrown instanceof StrongroomError) return thrown;
  return new StrongroomError(
    "DURABILITY_UNKNOWN",
    "whether this change reached the disk is unknown; the daemon stops",
    { hint: "read what stands, then repeat with the same requestId", cause: thrown },
  );
}

/** A change that may take more bytes than a frame holds. */
export function tooLarge(bytes: number, most: number): StrongroomError {
  return new StrongroomError(
    "TOO_LARGE",
    `a change may take ${most} bytes; this one may take ${bytes}`,
    { hint: "split it into several requests" },
  );
}
