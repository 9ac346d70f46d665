import { StrongroomError } from "@strongroom/client/protocol";
import type { OAuthRecord } from "./oauth-record.ts";
import { quoted } from "./quote.ts";

/** What somebody wants who asks a method of secrets about a name, and the method that is right. */
const INSTEAD = {
  change: ["oauth/put", "strongroom oauth put NAME --force < TOKENS.json"],
  delete: ["oauth/remove", "strongroom oauth remove NAME"],
  history: ["oauth/show; it keeps no history", "strongroom oauth list"],
  read: ["oauth/token", "strongroom token NAME"],
  renew: ["oauth/token, which renews it", "strongroom token NAME"],
} as const;

/** What is wanted of a name. */
export type Wanted = keyof typeof INSTEAD;

/** Where names are looked up that may be credentials. */
interface Credentials {
  get(name: string): OAuthRecord | undefined;
}

/**
 * Refuses a name that is an OAuth credential, `INVALID` with the right method: no method of secrets
 * reads or changes one, so that its tokens leave and come by its own methods alone.
 */
export function demandSecret(oauth: Credentials, name: string, wanted: Wanted): void {
  if (oauth.get(name) === undefined) return;
  const [method, hint] = INSTEAD[wanted];
  throw new StrongroomError("INVALID", `${quoted(name)} is an OAuth credential: ${method}`, {
    hint,
  });
}

/** Refuses to clear a prefix with which credentials begin: those are taken out one by one. */
export function demandNoCredentials(names: readonly string[]): void {
  if (names.length === 0) return;
  const which =
    names.length === 1 ? "an OAuth credential begins" : `${names.length} OAuth credentials begin`;
  throw new StrongroomError("INVALID", `${which} with this prefix: oauth/remove, then clear`, {
    hint: "strongroom oauth list, then strongroom oauth remove NAME",
  });
}
