import { LIMITS } from "./limits.ts";

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Whether a text looks like a session token (RFC 7519); says nothing of whether it is valid. */
export function isSessionToken(text: string): boolean {
  return text.length <= LIMITS.tokenCharacters && JWT.test(text);
}
