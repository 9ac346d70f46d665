import type { DaemonState, Result, StrongroomError } from "@strongroom/client/protocol";
import type { Asker } from "./lock/asker.ts";
import type { Keeper } from "./lock/keeper.ts";
import type { Given } from "./lock/turns.ts";
import type { EngineParts } from "./opened.ts";
import type { DaemonFigures } from "./turn/handler.ts";

/** What a service needs of the daemon around it. */
export interface ServiceOptions extends Omit<EngineParts, "services"> {
  /** Which vault it is, for whoever connects before it is open; undefined where it is not made yet. */
  readonly vaultId: string | undefined;
  /** What the daemon knows of itself, beside what this service knows. */
  readonly figures: () => Omit<DaemonFigures, "reason" | "state" | "vault">;
  /** Begins an orderly stop; returns at once. */
  readonly stop: () => void;
  /** Ends the connections of an API key. */
  readonly endSessions: (key: string) => void;
  /** Ends this process because the vault is locked; another one answers the asker. */
  readonly leave: (asker?: Asker) => Promise<Result<"vault/lock">>;
  readonly keeper: Keeper;
  /** Called after each move of the state. */
  readonly moved: (state: DaemonState) => void;
  /** Milliseconds between looks whether a read-only vault can be written again. */
  readonly retryMs: number;
}

/** Why the vault is opened. */
export type Opening =
  | { readonly kind: "again" | "start" }
  | {
      readonly kind: "unlock";
      readonly given: Given;
      /** What everybody is told while it stays locked. */
      readonly locked: StrongroomError | undefined;
    };
