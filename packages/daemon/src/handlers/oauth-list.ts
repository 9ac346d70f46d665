import { seen } from "../oauth/seen.ts";
import type { FlightHandler } from "../turn/handler.ts";
import { compareNames } from "../vault/names.ts";

/** `oauth/list`: in the order of the names; what is on its way is known to the flights alone. */
export const oauthList: FlightHandler<"oauth/list"> = {
  kind: "flight",
  begin: (credentials) =>
    seen(credentials, (entryOf) => {
      const { counters, oauth } = credentials.view;
      const records = [...oauth.values()].toSorted((a, b) => compareNames(a.name, b.name));
      return { credentials: records.map(entryOf), revision: counters.revision };
    }),
};
