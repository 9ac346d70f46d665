import type { OAuthChange } from "./change.ts";
import { weightOf } from "./oauth-record.ts";
import type { OAuthRecord } from "./oauth-record.ts";
import { OverlayMap } from "./overlay.ts";
import { malformed } from "./reader.ts";
import type { Counters, VaultState } from "./state.ts";

/** What the commits of one frame will make of the OAuth credentials, laid over the durable ones. */
export class PendingOAuth extends OverlayMap<OAuthRecord> {
  constructor(state: VaultState) {
    super(state.oauth, (name, record) => state.putOAuth(name, record));
  }

  /** Applies a change and returns what it makes of the counters; `CORRUPT` when it does not follow. */
  apply(change: OAuthChange, { live, weight }: Counters): Partial<Counters> {
    const after = change.kind === "oauth" ? change.record : undefined;
    const before = this.lay(oauthNameOf(change), after);
    if (after === undefined && before === undefined) throw malformed();
    // A generation that comes again would be taken for the tokens that it once was.
    if (after !== undefined && after.generation < (before?.generation ?? 0)) throw malformed();
    return {
      live: live + Number(after !== undefined) - Number(before !== undefined),
      weight: weight + weightOf(after) - weightOf(before),
    };
  }
}

/** The credential that it is about. */
export function oauthNameOf(change: OAuthChange): string {
  return change.kind === "oauth" ? change.record.name : change.name;
}
