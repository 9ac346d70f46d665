import { ERRORS } from "@strongroom/client/protocol";
import type { ErrorCode } from "@strongroom/client/protocol";
import { REFUSALS } from "./refusal.ts";

const HINTS: { readonly [C in ErrorCode]: string } = {
  ALREADY_EXISTS: "strongroom get NAME",
  BUSY: "try again in a moment",
  CLOSING: "try again; the next command starts a daemon",
  CONFLICT: "read the version that stands, then try again: strongroom history NAME",
  CORRUPT: "strongroom doctor; strongroom repair --to EMPTYDIR",
  DENIED: "strongroom doctor",
  DISK_FULL: "make room, then try again: strongroom doctor",
  DURABILITY_UNKNOWN: "strongroom daemon restart, then read what stands",
  INTERNAL: "strongroom doctor; strongroom daemon logs",
  INVALID: "strongroom help",
  LOCKED: "strongroom unlock",
  NOT_FOUND: "strongroom list",
  PROTOCOL_MISMATCH: "strongroom daemon restart",
  QUOTA_EXCEEDED: "strongroom status",
  RATE_LIMITED: "try again in a moment",
  READ_ONLY: "strongroom status; strongroom doctor",
  REAUTHORIZE: "sign in again",
  ROLLED_BACK: "strongroom doctor; strongroom restore-backup FILE --to EMPTYDIR",
  TIMEOUT: "read what stands, or wait longer: --timeout 30s",
  TOO_LARGE: "strongroom help set",
  UNAVAILABLE: "strongroom doctor",
  UNSUPPORTED_FORMAT: "install the version that wrote it: strongroom version",
  WRONG_KEY: "strongroom doctor",
};

/** The command that goes on from an error that brought none. */
export function defaultHint(code: ErrorCode): string {
  return HINTS[code];
}

const MEANINGS: { readonly [exit: number]: string } = {
  0: "ok",
  1: "unclassified",
  2: "usage: the command or what it was given is wrong",
  3: "aborted by you",
  4: "denied",
  5: "conflict: another version stands",
  6: "not found",
  7: "locked",
  8: "daemon unreachable",
  9: "input needed, but nobody at a terminal",
  10: "outcome unknown: no answer in time, or not known to be on disk",
  11: "integrity: damaged, rolled back, or another key",
  12: "already exists",
  13: "quota or rate limit",
  14: "sign in again",
  15: "problems found",
  16: "input or output: disk full, or read-only",
  17: "version: protocol or format",
  18: "not supported here",
};

/** The table of exit statuses, as `help exit-codes` prints it; they never change. */
export function exitCodes(): { exit: number; meaning: string; codes: readonly string[] }[] {
  const all = [
    ...Object.entries(ERRORS).map(([code, { exit }]) => ({ code, exit })),
    ...Object.entries(REFUSALS).map(([code, exit]) => ({ code, exit })),
  ];
  return Object.entries(MEANINGS).map(([number, meaning]) => {
    const exit = Number(number);
    const codes = all.filter((entry) => entry.exit === exit).map(({ code }) => code);
    return { exit, meaning, codes: codes.toSorted() };
  });
}
