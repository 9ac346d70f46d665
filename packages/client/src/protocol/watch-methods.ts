import type { AtRevision } from "./methods.ts";

/** What happened; a `lock` is the last that is told before the vault must be unlocked. */
export type WatchEvent =
  | {
      readonly event: "delete" | "expire" | "revoke" | "set";
      /** Of a secret or a credential; of a `revoke` it is `key:` and the id of the API key. */
      readonly name: string;
      /** Of the commit that made it; what ends by itself has that of the last one before it. */
      readonly revision: number;
    }
  | { readonly event: "lock"; readonly revision: number };

/** The methods of watching, with their params and results. */
export interface WatchMethods {
  "watch/start": {
    /**
     * `since`: all that happened after that revision; `cursor`: what an answer said, to go on behind
     * it; neither: only where the events are now. `wait`: milliseconds until it is answered without any.
     */
    params: {
      readonly pattern?: string;
      readonly since?: number;
      readonly cursor?: number;
      readonly wait?: number;
    };
    result: {
      readonly events: readonly WatchEvent[];
      readonly cursor: number;
      /** Not all that happened since is known any more: list what there is at this revision. */
      readonly resync?: true;
      /** The daemon ends, and answers no more: ask the next one. */
      readonly closing?: true;
    } & AtRevision;
  };
}
