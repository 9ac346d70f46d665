import { entryOf } from "../oauth/entry.ts";
import type { FlightHandler } from "../turn/handler.ts";
import { compareNames } from "../vault/names.ts";

/** `oauth/list`: in the order of the names; what is on its way is known to the flights alone. */
export const oauthList: FlightHandler<"oauth/list"> = {
  kind: "flight",
  begin: (credentials) => (at) => {
    const { counters, oauth } = credentials.view;
    const records = [...oauth.values()].toSorted((a, b) => compareNames(a.name, b.name));
    const entries = records.map((record) => entryOf(record, at, credentials.isFlying(record)));
    return { result: { credentials: entries, revision: counters.revision } };
  },
};
