import { ERRORS, isMethodName } from "@strongroom/client/protocol";

import { EVENTS } from "./logger.ts";
import type { LogFields } from "./logger.ts";

const OUR_FILES =
  /^((snapshot|journal|claim|audit)\.[0-9a-f]{16}|vault\.json|slots\.json|keyfile|daemon\.pid|\.lock)$/;

const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const matches =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === "string" && pattern.test(value);

const CHECKS: { readonly [F in keyof Required<LogFields>]: (value: unknown) => boolean } = {
  bytes: isNumber,
  code: (value) =>
    typeof value === "string" && (Object.hasOwn(ERRORS, value) || /^E[A-Z0-9]{2,15}$/.test(value)),
  count: isNumber,
  epoch: matches(/^[0-9a-f]{16}$/),
  file: matches(OUR_FILES),
  method: (value) => typeof value === "string" && isMethodName(value),
  ms: isNumber,
  revision: isNumber,
  signal: matches(/^SIG[A-Z0-9]{2,10}$/),
  state: matches(/^(closing|failed|locked|open|opening|poisoned|read-only)$/),
  status: isNumber,
};

const KNOWN_EVENTS: ReadonlySet<string> = new Set(EVENTS);

/** The event as it may stand in a line: one of ours, or `unknown-event`. */
export function admittedEvent(event: string): string {
  return KNOWN_EVENTS.has(event) ? event : "unknown-event";
}

/**
 * What of the fields may stand in a line. The types say the same; this holds when a cast or a
 * caller from JavaScript got past them. What does not pass is left out and counted in `dropped`.
 */
export function admitted(fields: LogFields): { readonly [field: string]: unknown } {
  const line: { [field: string]: unknown } = {};
  let dropped = 0;
  for (const [field, value] of Object.entries(fields)) {
    const check = Object.hasOwn(CHECKS, field) ? CHECKS[field as keyof LogFields] : undefined;
    if (value === undefined) continue;
    if (check?.(value) === true) line[field] = value;
    else dropped += 1;
  }
  if (dropped > 0) line["dropped"] = dropped;
  return line;
}

/** What can be said of an unforeseen error: its kind, errno and the place in our sources. */
export function describe(error: unknown): { readonly [field: string]: unknown } {
  if (!(error instanceof Error)) return { kind: "none" };
  const code: unknown = "code" in error ? error.code : undefined;
  const places = frames(error).matchAll(/\n\s+at [^\n]*?([\w.-]+\.[jt]s:\d+):\d+\)?(?=\n|$)/g);
  return {
    kind: /^[A-Z][A-Za-z]{2,40}$/.test(error.constructor.name) ? error.constructor.name : "Error",
    ...(CHECKS.code(code) ? { code } : {}),
    at: [...places].slice(0, 4).map((place) => place[1]),
  };
}

// A message may quote anything, a stack's lines too: only what stands behind it is looked at.
function frames({ stack = "", message }: Error): string {
  const start = stack.indexOf(message);
  return start === -1 ? "" : stack.slice(start + message.length);
}
