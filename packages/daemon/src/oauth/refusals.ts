import { StrongroomError } from "@strongroom/client/protocol";
import type { OAuthRecord } from "../vault/oauth-record.ts";
import { quoted } from "../vault/quote.ts";

const SIGN_IN =
  "sign in again: strongroom oauth login NAME URL --force; strongroom oauth doctor says more";

const LATER = "try again later; strongroom oauth doctor says how it stands";

/** What a server may answer that the owner has to mend (RFC 6749, section 5.2; RFC 8707). */
const WORDS: ReadonlySet<string> = new Set([
  "access_denied",
  "bad_refresh_token",
  "invalid_client",
  "invalid_grant",
  "invalid_refresh_token",
  "invalid_request",
  "invalid_scope",
  "invalid_target",
  "unauthorized_client",
  "unsupported_grant_type",
]);

/** What is said of an answer without a word. */
const STATUS = /^status [1-5]\d\d$/;

/** A word of an answer if it is one that is known; others could hold a token. */
export function knownWord(word: string): string {
  return WORDS.has(word) || STATUS.test(word) ? word : "an error of its own";
}

/** It cannot be refreshed any more, for a reason in one sentence. */
export function reauthorize(name: string, why: string, hint: string = SIGN_IN): StrongroomError {
  return new StrongroomError("REAUTHORIZE", `${quoted(name)} cannot be refreshed: ${why}`, {
    hint,
  });
}

/** Nothing is lost; it may go well later. `hint`: what would help, where somebody knows. */
export function unavailable(
  name: string,
  why: string,
  retryAfterMs?: number,
  hint: string = LATER,
): StrongroomError {
  return new StrongroomError("UNAVAILABLE", `${unrefreshed(name)}${why}`, {
    hint,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The server takes us for another, or not what we ask: the grant stands, and the owner must mend it. */
export function misconfigured(name: string, word: string): StrongroomError {
  return new StrongroomError("INVALID", `${unrefreshed(name)}its server says ${knownWord(word)}`, {
    hint: "see its client and scopes, then put it again: strongroom oauth list",
  });
}

/** Nothing is sent before its owner mends what stands in the way here. */
export function blocked(name: string, { code, hint, message }: StrongroomError): StrongroomError {
  return new StrongroomError(code, `${unrefreshed(name)}${message}`, { hint });
}

/** Why a refresh of that credential failed, as its owner is shown it, and what helps. */
export function reasonOf(
  name: string,
  { hint, message }: StrongroomError,
): { readonly why: string; readonly hint?: string } {
  const before = unrefreshed(name);
  const why = message.startsWith(before) ? message.slice(before.length) : message;
  return { why, ...(hint === LATER ? {} : { hint }) };
}

function unrefreshed(name: string): string {
  return `${quoted(name)} could not be refreshed: `;
}

/** It is for other scopes than those that were asked for. */
export function otherScopes(name: string): StrongroomError {
  return new StrongroomError("INVALID", `${quoted(name)} is not for all of these scopes`, {
    hint: "strongroom oauth list shows what it is for; signing in again may widen it",
  });
}

/** Whether its server has revoked it is not known; nothing is forgotten. */
export function unconfirmed(name: string): StrongroomError {
  return new StrongroomError(
    "UNAVAILABLE",
    `${quoted(name)} is kept: its server did not confirm that it is revoked`,
    {
      hint: "try again later; or forget it here, and end it at the server by hand: strongroom oauth remove NAME",
    },
  );
}

/** It has no token that could be revoked, or nowhere to do it. */
export function notRevocable(record: OAuthRecord): StrongroomError {
  const why =
    record.shared === true
      ? "another program has its refresh token too"
      : record.refreshToken === undefined
        ? "it has no refresh token"
        : "its server names no place for that (RFC 7009)";
  return new StrongroomError("INVALID", `${quoted(record.name)} cannot be revoked: ${why}`, {
    hint: "strongroom oauth remove NAME forgets it here",
  });
}

/** What a credential had was revoked, and it has something else by now. */
export function putMeanwhile(name: string): StrongroomError {
  return new StrongroomError("CONFLICT", `${quoted(name)} was put anew while it was revoked`, {
    hint: "what it had before is revoked; see what it has now: strongroom oauth list",
  });
}
