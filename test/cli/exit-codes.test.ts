import { ERRORS } from "@strongroom/client/protocol";
import { exitCodes } from "strongroom/src/exit-codes.ts";
import { expect, it } from "vitest";

it("never changes a number", () => {
  const table = exitCodes().map(({ exit, codes }) => `${exit} ${codes.join(" ")}`.trim());
  expect(table).toEqual([
    "0",
    "1 INTERNAL OUTPUT",
    "2 INVALID TOO_LARGE",
    "3 ABORTED",
    "4 DENIED",
    "5 CONFLICT",
    "6 NOT_FOUND",
    "7 LOCKED",
    "8 BUSY CLOSING UNAVAILABLE",
    "9 NO_TERMINAL",
    "10 DURABILITY_UNKNOWN TIMEOUT",
    "11 CORRUPT ROLLED_BACK WRONG_KEY",
    "12 ALREADY_EXISTS",
    "13 QUOTA_EXCEEDED RATE_LIMITED",
    "14 REAUTHORIZE",
    "15 PROBLEMS",
    "16 DISK_FULL READ_ONLY",
    "17 PROTOCOL_MISMATCH UNSUPPORTED_FORMAT",
    "18 UNSUPPORTED",
  ]);
});

it("holds every error of the wire", () => {
  const held = exitCodes().flatMap(({ codes }) => codes);
  expect(Object.keys(ERRORS).filter((code) => !held.includes(code))).toEqual([]);
});
