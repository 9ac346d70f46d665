import { entryOf } from "../oauth/entry.ts";
import type { FlightHandler } from "../turn/handler.ts";

/** `oauth/show` */
export const oauthShow: FlightHandler<"oauth/show"> = {
  kind: "flight",
  begin:
    (credentials, { name }) =>
    (at) => {
      const record = credentials.find(name);
      const entry = entryOf(record, at, credentials.isFlying(record));
      return { result: { ...entry, revision: credentials.view.counters.revision } };
    },
};
