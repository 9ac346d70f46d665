import type { AtRevision } from "./methods.ts";
import type { AutolockPolicy, DaemonState, SlotAsked, SlotEntry } from "./status.ts";

/** The methods of the ways into a vault, and of its lock, with their params and results. */
export interface SlotMethods {
  "slot/add": {
    params: SlotAsked;
    result: SlotEntry & {
      /** The data key for that recipient, as it was read back: an age file in base64. */
      readonly wrapped: string;
      /** The vault's id and the check value of its data key, to prove `wrapped` by. */
      readonly vault: string;
      readonly check: string;
    } & AtRevision;
  };
  "slot/list": {
    params: Record<string, never>;
    result: { readonly slots: readonly SlotEntry[] } & AtRevision;
  };
  "slot/remove": {
    params: { readonly slot: string; readonly keepDataKey?: boolean };
    result: {
      readonly slot: string;
      readonly type: string;
      /** Whether the vault has a new data key now. */
      readonly rekeyed: boolean;
      /** The key file that went with its slot. */
      readonly removedFile?: string;
    } & AtRevision;
  };
  "vault/lock": {
    params: Record<string, never>;
    result: { readonly state: "locked" } & AtRevision;
  };
  "vault/rekey": {
    params: Record<string, never>;
    /** The epoch that is the first one under the new data key. */
    result: { readonly epoch: string } & AtRevision;
  };
  "vault/unlock": {
    params: {
      /** Opens a slot that needs one. */
      readonly passphrase?: string;
      /** The age identity of any slot: then no other way is tried. */
      readonly identity?: string;
      /** Replaces what was chosen before. */
      readonly autolock?: AutolockPolicy;
    };
    result: {
      readonly state: DaemonState;
      /** Whether it was locked before. */
      readonly unlocked: boolean;
      /** What is to be known of how it was opened, a sentence each. */
      readonly remarks?: readonly string[];
    } & AtRevision;
  };
}
