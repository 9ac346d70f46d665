import { StrongroomError } from "@strongroom/client/protocol";

/** The one answer to every credential that is none, whatever is wrong with it. */
export function notValid(): StrongroomError {
  return new StrongroomError("DENIED", "this API key is not valid", {
    hint: "ask the owner of the vault for another: strongroom key create NAME --allow RULE",
  });
}

/** The one answer to what a key may not do, whether or not it is there. */
export function notAllowed(): StrongroomError {
  return new StrongroomError("DENIED", "this API key may not do that", {
    hint: "its owner can widen it: strongroom key update NAME --allow RULE",
  });
}

/** The answer to whoever has shown no credential that is valid. */
export function unknownCaller(): StrongroomError {
  return new StrongroomError("DENIED", "this connection has no valid API key", {
    hint: "authenticate first: session/authenticate, or STRONGROOM_API_KEY",
  });
}

/** Why nobody is served, as it is told to who is not the owner: no path, and no reason. */
export function notServed({ code, retryAfterMs }: StrongroomError): StrongroomError {
  return new StrongroomError(code, "the vault serves nobody now", {
    hint: "ask its owner, who sees why: strongroom status",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** A key asks faster than it may. */
export function tooFast(): StrongroomError {
  return new StrongroomError("RATE_LIMITED", "this API key asks more often than it may");
}

/** A key has used up what it was given. */
export function usedUp(): StrongroomError {
  return new StrongroomError("QUOTA_EXCEEDED", "this API key has used up its requests", {
    hint: "its owner can give it more: strongroom key update NAME --quota N",
  });
}
