import type { Who } from "../audit/who.ts";
import type { Line } from "../lease/line.ts";
import type {
  ErrorCode,
  MethodName,
  Params,
  Result,
  SessionTerms,
} from "@strongroom/client/protocol";

/** The methods that pass through the turn: all but the handshake, and what needs no open vault. */
export type TurnMethod = Exclude<MethodName, "hello" | "vault/lock" | "vault/unlock">;

/** What `AbortSignal` has of use here: who waits hears once that it is taken back. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Who asks, and how to take the question back. */
export interface Caller {
  /** Whose request ids these are: `owner`, or `key:` and an id. */
  readonly actor: string;
  /** The id of the API key that asks; undefined for the owner. */
  readonly key?: string | undefined;
  /** What is known of it for the audit; `actor` alone unless told. */
  readonly who?: Who;
  /** Which process it says that it is: its word, good for nothing but to be refused by. */
  readonly claimed?: number | undefined;
  /** The session of that key that asks, where it is one. */
  readonly session?: SessionTerms | undefined;
  /** The connection that it came by; what is held by it ends with it. */
  readonly line?: Line | undefined;
  /** When the owner has proved a slot, by the boot clock in milliseconds. */
  readonly provedAt?: number | undefined;
  /** Aborted when the caller cancels or leaves: drops the request while it is queued, never later. */
  readonly signal: CancelSignal;
}

/** The one way to the vault: every method of every connection passes through here. */
export interface Turn {
  /** `params` are parsed already. Rejects with a `StrongroomError` and nothing else. */
  execute<M extends TurnMethod>(method: M, params: Params<M>, caller: Caller): Promise<Result<M>>;
  /**
   * Counts a request of somebody who has no valid credential, which is not executed; or records
   * what a key asked for of the owner's, or what was refused beside the turn, and why.
   */
  refused?(operation?: string, caller?: Caller, reason?: ErrorCode): void;
  /** Whether it may be long before such a request is answered, and others need not wait for it. */
  flies?(method: TurnMethod): boolean;
  /** Records what was done beside the turn; by the daemon itself unless told. */
  did?(operation: string, who?: Who): void;
}
