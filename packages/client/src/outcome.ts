import { METHODS, StrongroomError } from "./protocol/index.ts";
import type { ErrorCode, MethodName } from "./protocol/index.ts";

/** Whether a method only reads, so that asking twice does no harm. */
export function isRead(method: MethodName): boolean {
  return METHODS[method].kind !== "mutation";
}

/** No answer came in time. Of a change nobody knows whether it was done. */
export function unanswered(method: MethodName, ms: number): StrongroomError {
  const outcome = isRead(method) ? "" : "; whether it was done is not known";
  return new StrongroomError("TIMEOUT", `${method}: no answer within ${ms} ms${outcome}`, {
    hint: isRead(method)
      ? "wait longer: --timeout 30s, or STRONGROOM_TIMEOUT=30s"
      : "read what stands now, or repeat it with the same request id",
  });
}

/** The connection was lost before the answer came. */
export function lost(method: MethodName): StrongroomError {
  if (isRead(method)) {
    return new StrongroomError("UNAVAILABLE", `${method}: the daemon is gone`, {
      hint: "ask again; the next call starts a daemon",
    });
  }
  return new StrongroomError(
    "TIMEOUT",
    `${method}: the daemon is gone; whether it was done is not known`,
    { hint: "read what stands now, or repeat it with the same request id" },
  );
}

const VERDICTS: readonly ErrorCode[] = [
  "ALREADY_EXISTS",
  "CONFLICT",
  "INVALID",
  "NOT_FOUND",
  "TOO_LARGE",
];

/**
 * Whether an error was judged in a turn that knows the request ids. Any other refusal of a
 * repeated change says nothing of the first one, whose answer was lost.
 */
export function isVerdict(error: unknown): boolean {
  return error instanceof StrongroomError && VERDICTS.includes(error.code);
}
