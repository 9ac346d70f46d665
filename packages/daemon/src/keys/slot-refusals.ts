import { LIMITS, StrongroomError } from "@strongroom/client/protocol";

/** A change of the slots of which nobody knows whether it is on the disk. */
export function unknown(what: string, cause: unknown): StrongroomError {
  return new StrongroomError("DURABILITY_UNKNOWN", what, {
    hint: "see what the vault holds after: strongroom daemon restart",
    cause,
  });
}

/** One slot more than there may be. */
export function tooMany(): StrongroomError {
  return new StrongroomError("TOO_LARGE", `a vault has at most ${LIMITS.slots} slots`, {
    hint: "see which there are: strongroom slot list",
  });
}

/** No slot has that name. */
export function unknownSlot(): StrongroomError {
  return new StrongroomError("NOT_FOUND", "there is no such slot", {
    hint: "strongroom slot list",
  });
}

/** Without this slot nobody could open the vault again, as far as is known. */
export function lastWay(): StrongroomError {
  return new StrongroomError(
    "DENIED",
    "no slot beside this one is known to open the vault now: it stays",
    {
      hint: "add another one first: strongroom slot add passphrase, or: strongroom slot add keyfile",
    },
  );
}

/** Nobody could prove any more that they are the owner. */
export function lastProof(): StrongroomError {
  return new StrongroomError(
    "DENIED",
    "this is the last slot by which this vault knows its owner, and stays",
    { hint: "let it ask nobody first: strongroom key require off" },
  );
}

/** A change in a vault that can only be read. */
export function readOnlyRefusal(reason: StrongroomError): StrongroomError {
  return new StrongroomError("READ_ONLY", `the vault is read-only: ${reason.message}`, {
    hint: reason.hint,
    cause: reason,
  });
}
