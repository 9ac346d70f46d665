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
    hint: "its owner can widen it for secrets (strongroom key update NAME --allow RULE), or do it themselves",
  });
}

/** The one answer to a service about a key that may not do what was asked, whyever. */
export function notVerified(): StrongroomError {
  return new StrongroomError("DENIED", "the key that was presented may not do that", {
    hint: "strongroom key list shows its owner what there is",
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

/** The owner has no key of which a token could be made, and would have all rights in it. */
export function noKeyToIssue(): StrongroomError {
  return new StrongroomError("DENIED", "tokens are made of an API key, and the owner has none", {
    hint: "act with a key: STRONGROOM_API_KEY_FILE=FILE strongroom key token",
  });
}

/** The answer to whoever came by the owner's socket where that alone makes nobody the owner. */
export function unproved(): StrongroomError {
  return new StrongroomError(
    "DENIED",
    "this vault takes API keys, or whoever proves a slot of it",
    {
      hint: "set STRONGROOM_PASSPHRASE_FILE; without one: strongroom key require off --identity FILE",
    },
  );
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
