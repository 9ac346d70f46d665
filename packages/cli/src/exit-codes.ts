import { ERRORS } from "@strongroom/client/protocol";
import { REFUSALS } from "./refusal.ts";

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
