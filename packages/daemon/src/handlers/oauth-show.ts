import { seen } from "../oauth/seen.ts";
import type { FlightHandler } from "../turn/handler.ts";

/** `oauth/show` */
export const oauthShow: FlightHandler<"oauth/show"> = {
  kind: "flight",
  begin: (credentials, { name }) =>
    seen(credentials, (entryOf) => {
      const { revision } = credentials.view.counters;
      return { ...entryOf(credentials.find(name)), revision };
    }),
};
