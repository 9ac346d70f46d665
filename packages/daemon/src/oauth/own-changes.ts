import { COMMIT_BYTES } from "../handlers/bytes.ts";
import type { OwnChange } from "../turn/own-change.ts";
import type { OAuthRecord } from "../vault/oauth-record.ts";
import type { Pending } from "../vault/pending.ts";

/** At most so many bytes that the record of a credential takes: two tokens, and what names them. */
export const OAUTH_RECORD_BYTES = 262_144;

/**
 * A change of one credential that nobody asked for: what `judge` makes of it, or nothing. What
 * became of a flight may use the room that is kept for giving room back: it cannot be had again.
 * `of`: the credential that was presented, absent where it is not yet.
 */
export function changeOf(
  of: OAuthRecord | undefined,
  operation: string | undefined,
  judge: (pending: Pending) => OAuthRecord | undefined,
): OwnChange {
  return {
    bytes: COMMIT_BYTES + OAUTH_RECORD_BYTES,
    frees: of !== undefined,
    operation,
    judge: (pending) => {
      const record = judge(pending);
      if (record !== undefined) pending.record({ kind: "oauth", record });
    },
  };
}
