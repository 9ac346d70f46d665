import type { OAuthServer } from "@strongroom/client/protocol";
import type { FlightHandler } from "../turn/handler.ts";

/** `oauth/discover` */
export const oauthDiscover: FlightHandler<"oauth/discover"> = {
  kind: "flight",
  begin: ({ view }, { url }, { logins }) => {
    let server: OAuthServer | undefined;
    return () => {
      if (server !== undefined) return { result: { ...server, revision: view.counters.revision } };
      return { wait: logins.discover(url).then((found) => void (server = found)) };
    };
  },
};
