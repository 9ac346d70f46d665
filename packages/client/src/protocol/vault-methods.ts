import type { Approved } from "./approval-methods.ts";
import type { Fenced } from "./lease-methods.ts";
import type {
  AtRevision,
  BatchOperation,
  BatchResult,
  Repeatable,
  SecretValue,
} from "./methods.ts";
import type { DaemonState, Restored, StatusDetail } from "./status.ts";

/** The methods of the vault as a whole, with their params and results. */
export interface VaultMethods {
  "vault/backup": { params: Record<string, never>; result: { readonly file: string } & AtRevision };
  "vault/batch": {
    params: { readonly operations: readonly BatchOperation[] } & Fenced & Repeatable;
    result: { readonly results: readonly BatchResult[] } & AtRevision;
  };
  "vault/compact": {
    params: Record<string, never>;
    result: { readonly epoch: string } & AtRevision;
  };
  "vault/confirm": {
    params: Record<string, never>;
    result: { readonly confirmed: boolean } & AtRevision;
  };
  "vault/read": {
    params: {
      readonly names: readonly string[];
      /** For each name which version; 0 = the current one. */
      readonly versions?: readonly number[];
      /** The files that ask for them, which must be approved as they are. */
      readonly approvals?: readonly Approved[];
      /** The recipe that is about to run, which must be the one that is stored. */
      readonly recipe?: { readonly name: string; readonly generation: number };
    };
    result: { readonly secrets: readonly (SecretValue | null)[] } & AtRevision;
  };
  "vault/status": {
    params: { readonly detail?: boolean };
    result: {
      readonly state: DaemonState;
      /** Why, when the state is `failed`, `locked`, `read-only` or `poisoned`. */
      readonly reason?: string;
      readonly pid: number;
      readonly endpoint: string;
      readonly vault: string | null;
      readonly version: string;
      readonly protocol: number;
      readonly secrets: number | null;
      /** How many slots open the vault. */
      readonly slots: number | null;
      /** When the newest backup was made that every slot opens; null = there is none, or not known. */
      readonly backupAt: number | null;
      /** What the vault was made of, until the owner confirms; null = nothing to confirm. */
      readonly restored: Restored | null;
      readonly uptimeMs: number;
      /** The time of the vault, which never goes back by itself; null while it is not open. */
      readonly time: number | null;
      readonly detail?: StatusDetail;
    } & AtRevision;
  };
  "vault/verify": {
    params: Record<string, never>;
    result: {
      readonly ok: boolean;
      readonly frames: number;
      readonly secrets: number;
    } & AtRevision;
  };
}
