import type { Action } from "@strongroom/client/protocol";
import type { OAuthRecord } from "../vault/oauth-record.ts";
import type { VaultView } from "../vault/state.ts";
import type { Scope } from "./scope.ts";

/** The vault as a key sees it: names outside its scope are not there. */
export function scopedView(view: VaultView, scope: Scope, action: Action): VaultView {
  return {
    counters: view.counters,
    requests: view.requests,
    keys: view.keys,
    oauth: scopedOAuth(view.oauth, scope, action),
    keyOf: (proof) => view.keyOf(proof),
    names: () => scope.candidates(action, view.names()),
    get: (name) => (scope.allows(action, name) ? view.get(name) : undefined),
  };
}

function scopedOAuth(
  oauth: VaultView["oauth"],
  scope: Scope,
  action: Action,
): ReadonlyMap<string, OAuthRecord> {
  if (oauth.size === 0) return oauth;
  return new Map([...oauth].filter(([name]) => scope.allows(action, name)));
}
