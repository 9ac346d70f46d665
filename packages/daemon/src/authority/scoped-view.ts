import type { Action } from "@strongroom/client/protocol";
import type { KeyRecord } from "../vault/key-record.ts";
import type { VaultView } from "../vault/state.ts";
import { scopeOf } from "./scope.ts";

/** The vault as a key sees it: names outside its scope are not there. */
export function scopedView(view: VaultView, record: KeyRecord, action: Action): VaultView {
  const scope = scopeOf(record);
  return {
    counters: view.counters,
    requests: view.requests,
    keys: view.keys,
    keyOf: (proof) => view.keyOf(proof),
    names: () => view.names(),
    get: (name) => (scope.allows(action, name) ? view.get(name) : undefined),
  };
}
