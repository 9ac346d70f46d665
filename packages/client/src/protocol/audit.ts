import type { ErrorCode } from "./errors.ts";

/** One record of the audit: who did what, and what became of it. Never a value. */
export interface AuditEntry {
  /** 1, 2, 3, … in the order of the chain. */
  readonly number: number;
  /** Milliseconds since 1970, by the clock of the daemon. */
  readonly time: number;
  /** The vault's revision behind it. */
  readonly revision: number;
  /** `owner`, `key:` and an id, `strongroom` itself, or `unknown`: no valid credential. */
  readonly actor: string;
  /** What the program calls itself in `hello`: its word, and no proof. */
  readonly client?: string;
  /** The process at the other end as the system names it, where that can be known. */
  readonly pid?: number;
  readonly uid?: number;
  readonly executable?: string;
  /** What was done: `get`, `set`, `list`, …, or a method such as `key/revoke`. */
  readonly operation: string;
  /** A secret's name, a pattern, a prefix, or `key:` and an id. */
  readonly name?: string;
  readonly outcome: "ok" | "refused";
  /** Why it was refused. */
  readonly reason?: ErrorCode;
  /** How many are told of in one record, where it is more than one. */
  readonly count?: number;
}

/** When a read is recorded: before its reply, within a second, or not at all. */
export type AuditMode = "lazy" | "off" | "strict";

/** What is recorded, and how much of it is kept. */
export interface AuditPolicy {
  /** The reads of API keys. */
  readonly keys: AuditMode;
  /** The owner's reads. */
  readonly owner: AuditMode;
  /** Bytes of sealed records that are kept, the newest; null = all, for ever. */
  readonly keepBytes: number | null;
}
