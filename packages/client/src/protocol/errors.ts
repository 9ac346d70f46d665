/**
 * The closed table of errors: code → JSON-RPC number, exit status of the CLI, whether the same
 * request may succeed later unchanged, and what goes on from an error that says nothing better.
 * Codes never change; messages and hints may.
 */
export const ERRORS = {
  ALREADY_EXISTS: { number: -32012, exit: 12, retryable: false, hint: "strongroom get NAME" },
  BUSY: { number: -32008, exit: 8, retryable: true, hint: "try again in a moment" },
  CLOSING: {
    number: -32018,
    exit: 8,
    retryable: true,
    hint: "try again; the next command starts a daemon",
  },
  CONFLICT: {
    number: -32005,
    exit: 5,
    retryable: false,
    hint: "read the version that stands, then try again: strongroom history NAME",
  },
  CORRUPT: {
    number: -32011,
    exit: 11,
    retryable: false,
    hint: "strongroom doctor; strongroom repair --to EMPTYDIR",
  },
  DENIED: { number: -32004, exit: 4, retryable: false, hint: "strongroom doctor" },
  DISK_FULL: {
    number: -32016,
    exit: 16,
    retryable: true,
    hint: "make room, then try again: strongroom doctor",
  },
  DURABILITY_UNKNOWN: {
    number: -32010,
    exit: 10,
    retryable: false,
    hint: "strongroom daemon restart, then read what stands",
  },
  INTERNAL: {
    number: -32603,
    exit: 1,
    retryable: false,
    hint: "strongroom doctor; strongroom daemon logs",
  },
  INVALID: {
    number: -32602,
    exit: 2,
    retryable: false,
    hint: "strongroom help; docs/protocol.md names every param",
  },
  LOCKED: { number: -32007, exit: 7, retryable: false, hint: "strongroom unlock" },
  NOT_FOUND: { number: -32006, exit: 6, retryable: false, hint: "strongroom list" },
  PROTOCOL_MISMATCH: {
    number: -32017,
    exit: 17,
    retryable: false,
    hint: "strongroom daemon restart",
  },
  QUOTA_EXCEEDED: { number: -32013, exit: 13, retryable: false, hint: "strongroom status" },
  RATE_LIMITED: { number: -32023, exit: 13, retryable: true, hint: "try again in a moment" },
  READ_ONLY: {
    number: -32026,
    exit: 16,
    retryable: true,
    hint: "strongroom status; strongroom doctor",
  },
  REAUTHORIZE: { number: -32014, exit: 14, retryable: false, hint: "sign in again" },
  ROLLED_BACK: {
    number: -32021,
    exit: 11,
    retryable: false,
    hint: "strongroom doctor; strongroom restore-backup FILE --to EMPTYDIR",
  },
  TIMEOUT: {
    number: -32020,
    exit: 10,
    retryable: false,
    hint: "read what stands, or wait longer: --timeout 30s",
  },
  TOO_LARGE: {
    number: -32002,
    exit: 2,
    retryable: false,
    hint: "send less at once; docs/protocol.md lists every limit",
  },
  UNAVAILABLE: { number: -32028, exit: 8, retryable: true, hint: "strongroom doctor" },
  UNSUPPORTED_FORMAT: {
    number: -32027,
    exit: 17,
    retryable: false,
    hint: "install the version that wrote it: strongroom version",
  },
  WRONG_KEY: { number: -32031, exit: 11, retryable: false, hint: "strongroom doctor" },
} as const;

/** A code of the closed table; callers switch on it. */
export type ErrorCode = keyof typeof ERRORS;

/** What an error may carry beside its message; all of it is safe to print. */
export interface ErrorDetails {
  /** The command or setting that goes on from here. */
  readonly hint?: string;
  /** `CONFLICT` only: the version that stands, 0 = absent. */
  readonly version?: number;
  /** `BUSY` only: milliseconds after which another try makes sense. */
  readonly retryAfterMs?: number;
  /** Whether a daemon said so. */
  readonly answered?: boolean;
  readonly cause?: unknown;
}

/** `error.data` of a JSON-RPC error response. */
export interface WireErrorData {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;
  readonly version?: number;
  readonly retryAfterMs?: number;
}

/**
 * An error of the world (a caller's mistake is a `TypeError`). The message never holds a
 * value or a key; `cause` stays in the process.
 */
export class StrongroomError extends Error {
  override readonly name = "StrongroomError";
  readonly code: ErrorCode;
  /** What goes on from here: the error's own, or that of its code. */
  readonly hint: string;
  readonly version: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** Whether a daemon said so, and not this process, which knows less of what was done. */
  readonly answered: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint ?? ERRORS[code].hint;
    this.version = details.version;
    this.retryAfterMs = details.retryAfterMs;
    this.answered = details.answered ?? false;
  }

  /** Whether the same request may succeed later unchanged. */
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  /** The exit status that the CLI ends with for this error. */
  get exitCode(): number {
    return ERRORS[this.code].exit;
  }

  /** The JSON-RPC error object (JSON-RPC 2.0, section 5.1). */
  toWire(): { code: number; message: string; data: WireErrorData } {
    return {
      code: ERRORS[this.code].number,
      message: this.message,
      data: {
        code: this.code,
        hint: this.hint,
        retryable: this.retryable,
        ...(this.version === undefined ? {} : { version: this.version }),
        ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      },
    };
  }

  /** Reads an error object of the other end; an unknown one becomes `INTERNAL`. */
  static fromWire(error: { code: number; message: string; data?: unknown }): StrongroomError {
    const data = (typeof error.data === "object" && error.data !== null ? error.data : {}) as {
      readonly [key: string]: unknown;
    };
    const name = data["code"];
    const code = typeof name === "string" && Object.hasOwn(ERRORS, name) ? name : "INTERNAL";
    return new StrongroomError(code as ErrorCode, error.message, {
      answered: true,
      ...(typeof data["hint"] === "string" ? { hint: data["hint"] } : {}),
      ...(typeof data["version"] === "number" ? { version: data["version"] } : {}),
      ...(typeof data["retryAfterMs"] === "number" ? { retryAfterMs: data["retryAfterMs"] } : {}),
    });
  }
}
