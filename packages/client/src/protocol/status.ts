/** The states of a daemon; `hello` and `vault/status` show them. */
export type DaemonState =
  | "closing"
  | "failed"
  | "locked"
  | "open"
  | "opening"
  | "poisoned"
  | "read-only";

/** When an open vault locks itself; what is absent does not. */
export interface AutolockPolicy {
  /** After so many milliseconds without a use. */
  readonly idleMs?: number;
  /** So many milliseconds after it was unlocked. */
  readonly openMs?: number;
  /** When the machine was asleep. */
  readonly onSuspend?: boolean;
}

/** One way to the data key, without what opens it. */
export interface SlotEntry {
  /** What it is called: 16 hex digits that come of its recipient. */
  readonly slot: string;
  /** `command`, `keychain`, `keyfile`, `passphrase`, `recipient`, or one of a later release. */
  readonly type: string;
  readonly recipient?: string;
  readonly label?: string;
  /** Milliseconds since 1970. */
  readonly addedAt?: number;
  /** `command`: the program and its arguments. */
  readonly argv?: readonly string[];
}

/** The slot that somebody wants. */
export type SlotAsked = { readonly label?: string } & (
  | { readonly type: "command"; readonly argv: readonly string[] }
  | { readonly type: "keychain" }
  | { readonly type: "keyfile" }
  | { readonly type: "passphrase"; readonly passphrase: string }
  | { readonly type: "recipient"; readonly recipient: string }
);

/** What was made of a backup, and nobody has confirmed yet; `null` = not readable. */
export interface Restored {
  /** The revision of the backup: what was stored later is not here. */
  readonly revision: number | null;
  /** When the backup was made, in milliseconds since 1970. */
  readonly time: number | null;
}

/** What `vault/status` says in detail; `null` = not known in this state. */
export interface StatusDetail {
  readonly queueDepth: number;
  readonly connections: number;
  readonly batches: number;
  readonly batchSizeP50: number | null;
  readonly batchSizeMax: number | null;
  readonly fsyncP50Ms: number | null;
  readonly fsyncP99Ms: number | null;
  readonly refusals: { readonly [code: string]: number };
  readonly lock: string;
  readonly epoch: string | null;
  readonly journalBytes: number | null;
  readonly tornFrames: number | null;
  /** `missing`: there was none at the opening; `unwritable`: none can be kept. */
  readonly mark: "missing" | "ok" | "unwritable" | null;
  /** When the vault locks itself; `null` where that is not known. */
  readonly autolock: AutolockPolicy | null;
  /** Why the previous daemon of this vault ended, when it said so. */
  readonly lastExit: string | null;
}
