import { StrongroomError } from "@strongroom/client/protocol";
import { AuthorizationResponseError, ResponseBodyError } from "oauth4webapi";

/** What may stand in `error` (RFC 6749 section 5.2), in a length that a line takes. */
const WORD = /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/;

/**
 * What an attempt to sign in ended with, as its owner is told. Of a server's own words only the
 * one that the standard has a place for is quoted. `what`: what was asked of it.
 */
export function loginFailure(error: unknown, what: string): StrongroomError {
  if (error instanceof StrongroomError) return error;
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) {
    return refusedWith(error.error, what);
  }
  const status = statusIn(error);
  if (status !== undefined && status >= 500) {
    return new StrongroomError("UNAVAILABLE", `${what}: the server answers with status ${status}`, {
      hint: "nothing is stored; sign in again when it works: strongroom oauth login NAME URL",
      cause: error,
    });
  }
  return new StrongroomError(
    "UNAVAILABLE",
    `${what}: what came back is not as the standard has it`,
    {
      hint: "see that the URL is that of the server, then sign in again",
      cause: error,
    },
  );
}

/** The status of the answer that an error of the library is about. */
function statusIn(error: unknown): number | undefined {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Response ? cause.status : undefined;
}

/** The end of an attempt that the server, or whoever sat before it, refused with this word. */
export function refusedWith(error: string, what: string): StrongroomError {
  const word = WORD.test(error) ? error : "an error without a name";
  if (word === "access_denied") {
    return new StrongroomError("DENIED", "the sign-in was refused in the browser", {
      hint: "sign in again, and allow it: strongroom oauth login NAME URL",
    });
  }
  if (word === "expired_token") return expired();
  return new StrongroomError("INVALID", `${what}: the server refuses it (${word})`, {
    hint: "give it another client or other scopes: strongroom help oauth",
  });
}

/** The end of an attempt that nobody finished in time. */
export function expired(): StrongroomError {
  return new StrongroomError("TIMEOUT", "nobody signed in within the time that there was", {
    hint: "sign in again: strongroom oauth login NAME URL",
  });
}

/** The end of an attempt that nobody waits for. */
export function abandoned(): StrongroomError {
  return new StrongroomError("UNAVAILABLE", "the sign-in has ended: nobody waits for it", {
    hint: "sign in again: strongroom oauth login NAME URL",
  });
}

/** The end of an attempt whose answer was another's, or tampered with. */
export function notOurs(what: string): StrongroomError {
  return new StrongroomError("DENIED", what, {
    hint: "sign in again; if that comes back, somebody meddles with the browser or the server",
  });
}

/** A server that cannot do what is asked of it. */
export function unable(what: string, hint: string): StrongroomError {
  return new StrongroomError("INVALID", what, { hint });
}
