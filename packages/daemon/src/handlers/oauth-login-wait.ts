import type { SignedInAs } from "../oauth/login/service.ts";
import type { FlightHandler } from "../turn/handler.ts";

/** `oauth/login-wait` */
export const oauthLoginWait: FlightHandler<"oauth/login-wait"> = {
  kind: "flight",
  begin: ({ view }, { flight }, { logins }) => {
    let end: SignedInAs | undefined;
    return () => {
      if (end !== undefined) return { result: { ...end, revision: view.counters.revision } };
      const { done, leave } = logins.wait(flight);
      return {
        wait: done.then((signedIn) => {
          end = signedIn;
        }),
        left: leave,
      };
    };
  },
};
