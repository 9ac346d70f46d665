import { stateOf } from "./key-record.ts";
import type { VaultState } from "./state.ts";

/**
 * Ends every API key of a vault that another one is made of, and returns how many of them worked.
 * What was revoked since then, or used of a quota, is not known; and the original goes on with them.
 */
export function endKeys(state: VaultState): number {
  const { maxTime } = state.counters;
  let worked = 0;
  for (const record of state.keys.values()) {
    if (stateOf(record, maxTime) === "active") worked += 1;
    state.putKey({ ...record, revokedAt: Math.min(record.revokedAt ?? maxTime, maxTime) });
  }
  return worked;
}
