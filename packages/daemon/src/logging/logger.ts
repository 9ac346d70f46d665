import type { DaemonState, ErrorCode, MethodName, WireFault } from "@strongroom/client/protocol";

/** How much is logged, from most to least. */
export const LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
/** One of the levels. */
export type LogLevel = (typeof LEVELS)[number];

/** Everything that can happen to a daemon, as its log calls it. */
export const EVENTS = [
  "compacted",
  "connection-dropped",
  "disk-full",
  "epoch-claimed",
  "exit",
  "fence-lost",
  "idle-exit",
  "listener-error",
  "lock-held",
  "lock-taken",
  "log-opened",
  "mark-missing",
  "name-touched",
  "poisoned",
  "published",
  "read-only",
  "request-failed",
  "signal",
  "start",
  "state",
  "torn-frames",
  "unexpected-file",
  "vault-born",
  "vault-failed",
] as const;
/** One of the events. */
export type LogEvent = (typeof EVENTS)[number];

/** Why a connection was ended by the daemon. */
export type ConnectionEnd =
  | WireFault
  | "frame-incomplete"
  | "hello-missing"
  | "idle"
  | "not-reading"
  | "socket";

/**
 * All that a line can hold beside its event: numbers, codes and ids. There is no field for a
 * text, so that no value, key or name can get in; `fields.ts` holds callers to it.
 */
export interface LogFields {
  /** A code of the closed table, or an errno such as ENOSPC. */
  readonly code?: ErrorCode | `E${string}`;
  readonly bytes?: number;
  readonly count?: number;
  /** 16 hex digits. */
  readonly epoch?: string;
  /** A file of the vault by its own name, such as journal.0000000000000001. */
  readonly file?: string;
  readonly method?: MethodName;
  readonly ms?: number;
  readonly revision?: number;
  readonly signal?: NodeJS.Signals;
  readonly state?: DaemonState;
  readonly status?: number;
}

/** The daemon's log: redacted by construction, one JSON line an event. */
export interface Logger {
  debug(event: LogEvent, fields?: LogFields): void;
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  error(event: LogEvent, fields?: LogFields): void;
  /** An unforeseen error: its kind, code and place in the sources, never its message. */
  failure(event: LogEvent, error: unknown): void;
  /** The daemon ended a connection; at debug, because hostile clients would fill the log. */
  connection(id: number, reason: ConnectionEnd): void;
  /** The only line with a secret's name, at debug. */
  touched(method: MethodName, name: string): void;
}

/** A logger that says nothing. */
export const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  failure: () => {},
  connection: () => {},
  touched: () => {},
};
