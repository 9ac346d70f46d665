import type { ApprovalMethods } from "./approval-methods.ts";
import type { AuditMethods } from "./audit-methods.ts";
import type { ClipboardMethods } from "./clipboard-methods.ts";
import type { KeyMethods } from "./key-methods.ts";
import type { Fenced, LeaseMethods } from "./lease-methods.ts";
import type { OAuthMethods } from "./oauth-methods.ts";
import type { RecipeMethods } from "./recipe-methods.ts";
import type { RenewerMethods } from "./renewer-methods.ts";
import type { SessionMethods } from "./session-methods.ts";
import type { SlotMethods } from "./slot-methods.ts";
import type { VaultMethods } from "./vault-methods.ts";
import type { WatchMethods } from "./watch-methods.ts";
import type { DaemonState } from "./status.ts";
import type { ProcessPlace } from "./own-process.ts";

/** How a value travels: text as it is, or any bytes in base64 (RFC 4648 section 4, padded). */
export type Encoding = "base64" | "utf8";

/** Where a secret came from. */
export type Origin = "import" | "oauth" | "renewer" | "user";

/** What is kept beside a value; at most 16 KiB as JSON. */
export interface Metadata {
  readonly contentType?: string;
  /** Milliseconds since 1970; from then on the secret is not found. */
  readonly expiresAt?: number;
  readonly note?: string;
  readonly origin?: Origin;
  readonly tags?: readonly string[];
}

/** The state that a mutation demands of its name, judged in the turn that writes. */
export type Expect = { readonly absent: true } | { readonly version: number };

/** What a mutation carries so that it can be repeated safely. */
export interface Repeatable {
  /** 1–128 printable ASCII characters, the caller's own. */
  readonly requestId?: string;
  /** The last revision that the caller saw (that of `hello` at first). */
  readonly seen?: number;
}

/** Every reply carries the revision at which it took effect. */
export interface AtRevision {
  readonly revision: number;
}

/** `hello`, the first request on a connection. */
export interface HelloParams {
  readonly protocol: { readonly min: number; readonly max: number };
  readonly client: {
    readonly name: string;
    readonly version: string;
    /** Which process it is, by its own word. */
    readonly process?: ProcessPlace;
  };
}
/** The answer to `hello`; `vault` is the vault's id, null until it is known. */
export interface HelloResult {
  readonly protocol: number;
  readonly version: string;
  readonly vault: string | null;
  readonly state: DaemonState;
  readonly revision: number;
}

/** A secret with its value, as `secret/get` and `vault/read` return it. */
export interface SecretValue {
  readonly name: string;
  readonly value: string;
  readonly encoding: Encoding;
  readonly version: number;
  readonly metadata: Metadata;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  /** It is older than it should be: its renewer failed. */
  readonly stale?: true;
}
/** A secret without its value. `deleted` and `expired` appear with `all` only. */
export interface SecretEntry {
  readonly name: string;
  readonly version: number;
  readonly updatedAt: number;
  readonly metadata: Metadata;
  readonly deleted?: true;
  readonly expired?: true;
}
/** One kept version of a name. */
export interface HistoryEntry {
  readonly version: number;
  readonly updatedAt: number;
  readonly deleted: boolean;
  readonly current: boolean;
}
/** A name and the version that a mutation gave it. */
export interface NamedVersion {
  readonly name: string;
  readonly version: number;
}

/** One step of a `vault/batch`; steps see each other in order. */
export type BatchOperation =
  | {
      readonly op: "set";
      readonly name: string;
      readonly value: string;
      readonly encoding?: Encoding;
      readonly metadata?: Metadata;
      readonly expect?: Expect;
    }
  | { readonly op: "delete"; readonly name: string; readonly expect?: Expect }
  | {
      readonly op: "restore";
      readonly name: string;
      readonly version: number;
      readonly expect?: Expect;
    }
  | { readonly op: "check"; readonly name: string; readonly expect: Expect }
  | { readonly op: "clear"; readonly prefix: string };
/** What a step did: a name and its version, or how many names `clear` deleted. */
export type BatchResult =
  | {
      readonly op: "check" | "delete" | "restore" | "set";
      readonly name: string;
      readonly version: number;
    }
  | { readonly op: "clear"; readonly cleared: number };

/**
 * The wire contract: every method with its params and its result. A method is named here or
 * it does not exist; the handler table of the daemon and the SDK are typed by this.
 */
export interface Methods
  extends
    ApprovalMethods,
    AuditMethods,
    ClipboardMethods,
    KeyMethods,
    LeaseMethods,
    OAuthMethods,
    RecipeMethods,
    RenewerMethods,
    SessionMethods,
    SlotMethods,
    VaultMethods,
    WatchMethods {
  "clock/accept": {
    params: Record<string, never>;
    /** The time that holds now, and the one before: milliseconds since 1970. */
    result: { readonly time: number; readonly before: number } & AtRevision;
  };
  "daemon/stop": { params: Record<string, never>; result: AtRevision };
  hello: { params: HelloParams; result: HelloResult };
  "secret/delete": {
    params: { readonly name: string; readonly expect?: Expect } & Fenced & Repeatable;
    result: NamedVersion & AtRevision;
  };
  "secret/get": {
    params: { readonly name: string; readonly version?: number };
    result: SecretValue & AtRevision;
  };
  "secret/history": {
    params: { readonly name: string };
    result: { readonly versions: readonly HistoryEntry[] } & AtRevision;
  };
  "secret/list": {
    params: {
      readonly pattern?: string;
      readonly tag?: string;
      readonly limit?: number;
      readonly cursor?: string;
      readonly all?: boolean;
    };
    result: { readonly secrets: readonly SecretEntry[]; readonly cursor?: string } & AtRevision;
  };
  "secret/purge": {
    params: {
      readonly name: string;
      readonly versions?: readonly number[];
      readonly expect?: Expect;
    } & Fenced &
      Repeatable;
    result: { readonly purged: number } & AtRevision;
  };
  "secret/restore": {
    params: {
      readonly name: string;
      readonly version: number;
      readonly expect?: Expect;
    } & Fenced &
      Repeatable;
    result: NamedVersion & AtRevision;
  };
  "secret/set": {
    params: {
      readonly name: string;
      readonly value: string;
      readonly encoding?: Encoding;
      readonly metadata?: Metadata;
      readonly expect?: Expect;
    } & Fenced &
      Repeatable;
    result: NamedVersion & AtRevision;
  };
}

/** The name of a method. */
export type MethodName = keyof Methods;
/** The params of a method. */
export type Params<M extends MethodName> = Methods[M]["params"];
/** The result of a method. */
export type Result<M extends MethodName> = Methods[M]["result"];
