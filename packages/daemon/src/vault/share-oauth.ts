import type { VaultState } from "./state.ts";

/**
 * The credentials of a vault that another one is made of: the original may go on to present their
 * refresh tokens, and may have done so since. Until its owner adopts one, nobody presents it here.
 */
export function shareCredentials(state: VaultState): void {
  for (const record of state.oauth.values())
    state.putOAuth(record.name, { ...record, shared: true });
}
