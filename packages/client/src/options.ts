import type { DaemonProgram } from "./launch.ts";
import type { Expect, LeaseRef, Metadata, PathEnvironment, Repeatable } from "./protocol/index.ts";

/** How `connect` finds the daemon. */
export interface ConnectOptions {
  /** The folder to use instead of `STRONGROOM_HOME` or the usual ones. */
  readonly home?: string;
  /** Instead of the process's environment. */
  readonly env?: PathEnvironment;
  /**
   * How long every call may take: milliseconds, or a text such as `5s`, `500ms`, `1m`; 0 waits.
   * Default `STRONGROOM_TIMEOUT`, else 5 s.
   */
  readonly timeout?: number | string;
  /** Whether to start a daemon when none runs. Default true, unless `STRONGROOM_AUTOSTART=0`. */
  readonly autostart?: boolean;
  /** Whether a vault may be created when there is none. Default false. */
  readonly create?: boolean;
  /**
   * Whether to meet the daemon of a vault whose `vault.json` is missing or damaged, as one must to
   * stop it. Default false: what a daemon says that cannot be told from another is not believed.
   */
  readonly anyDaemon?: boolean;
  /** Gives the connecting up. */
  readonly signal?: AbortSignal;
  /** The program to start as daemon; default that of the installed `@strongroom/daemon`. */
  readonly daemon?: DaemonProgram;
  /** How this client calls itself in `hello`. */
  readonly name?: string;
  /** Takes what a person should read; default `process.emitWarning`. */
  readonly warn?: (line: string) => void;
}

/** What every call takes. */
export interface CallOptions {
  /** Instead of the client's timeout, in the same form. */
  readonly timeout?: number | string;
  /** Gives the call up: it rejects with the signal's reason, and is cancelled if it still waits. */
  readonly signal?: AbortSignal;
}

/** What every change takes. A request id of one's own lets a later process repeat it safely. */
export interface ChangeOptions extends CallOptions, Repeatable {}

/** What a change of one name takes. */
export interface ExpectOptions extends ChangeOptions {
  /** Demands this of the name in the very turn that writes; else `CONFLICT` or `ALREADY_EXISTS`. */
  readonly expect?: Expect;
  /** Makes the change only while this lease holds; else `CONFLICT`. See `withLease`. */
  readonly lease?: LeaseRef;
}

/** What `set` takes. */
export interface SetOptions extends ExpectOptions {
  readonly metadata?: Metadata;
}
