import type { AuditEntry, AuditPolicy } from "./audit.ts";
import type { AtRevision } from "./methods.ts";

/** The methods of the audit, with their params and results. */
export interface AuditMethods {
  "audit/list": {
    params: {
      /** Only records behind this number; 0 = from the first. */
      readonly after?: number;
      readonly limit?: number;
      /** `owner`, a key's id or name, or what a program calls itself. */
      readonly client?: string;
      /** A pattern of names. */
      readonly name?: string;
      /** Milliseconds since 1970. */
      readonly since?: number;
    };
    result: {
      readonly entries: readonly AuditEntry[];
      /** What `after` is for the next page: so far the records were looked at. */
      readonly next: number;
      /** The number of the newest record; at `next` all were looked at. */
      readonly last: number;
      /** One sentence for each file that is damaged: what stands behind the damage is passed over. */
      readonly damaged?: readonly string[];
    } & AtRevision;
  };
  "audit/policy": {
    /** What is not named stays as it is. `keepBytes: 0` keeps all. */
    params: {
      readonly keys?: AuditPolicy["keys"];
      readonly owner?: AuditPolicy["owner"];
      readonly keepBytes?: number;
    };
    result: AuditPolicy & AtRevision;
  };
  "audit/verify": {
    params: Record<string, never>;
    result: {
      readonly ok: boolean;
      readonly records: number;
      /** The number of the first record that is kept. */
      readonly first: number;
      readonly segments: number;
    } & AtRevision;
  };
}
