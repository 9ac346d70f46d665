import type { DaemonState, Params, Result, StrongroomError } from "@strongroom/client/protocol";

import type { Asker } from "../lock/asker.ts";
import type { Caller, Turn } from "../turn/turn.ts";

/** The methods that are answered in every state, with or without a vault. */
export type ControlMethod = "daemon/stop" | "vault/status";

/** Whoever answers them; a `Turn` is one. */
export interface Control {
  execute<M extends ControlMethod>(
    method: M,
    params: Params<M>,
    caller: Caller,
  ): Promise<Result<M>>;
}

/** What the server needs of the daemon around it. */
export interface ServerContext {
  readonly control: Control;
  /** Locks the vault; the answer comes from another process where the connection can be given to it. */
  lock(asker: Asker): Promise<Result<"vault/lock">>;
  /** Opens the vault if it is locked. */
  unlock(
    params: Params<"vault/unlock">,
    caller: Pick<Caller, "provedAt">,
  ): Promise<Result<"vault/unlock">>;
  state(): DaemonState;
  /** Resolves when the state is no longer `opening`, whatever it became. Never rejects. */
  whenOpened(): Promise<void>;
  /**
   * The turn, or the error that every other method is answered with. Not called in `opening`.
   * `isUse`: the vault is used now, and is not to lock itself for want of that.
   */
  turn(isUse: boolean): StrongroomError | Turn;
  /** The vault was used by a key: what a key is refused is no use. */
  used(): void;
  /** The vault's id (null until it is known) and its revision, for `hello`. */
  identity(): { readonly vault: string | null; readonly revision: number };
}
