import type { Action } from "@strongroom/client/protocol";
import type { VaultView } from "../vault/state.ts";
import type { Scope } from "./scope.ts";

/** The vault as a key sees it: names outside its scope are not there. */
export function scopedView(view: VaultView, scope: Scope, action: Action): VaultView {
  return {
    counters: view.counters,
    requests: view.requests,
    keys: view.keys,
    oauth: within(view.oauth, scope, action),
    renewers: within(view.renewers, scope, action),
    ownerRecords: view.ownerRecords,
    isWhole: false,
    sees: (name) => scope.allows(action, name),
    keyOf: (proof) => view.keyOf(proof),
    names: () => scope.candidates(action, view.names()),
    get: (name) => (scope.allows(action, name) ? view.get(name) : undefined),
  };
}

function within<T>(
  records: ReadonlyMap<string, T>,
  scope: Scope,
  action: Action,
): ReadonlyMap<string, T> {
  if (records.size === 0) return records;
  return new Map([...records].filter(([name]) => scope.allows(action, name)));
}
