import type { SignedInAs } from "../oauth/login/service.ts";
import type { FlightHandler } from "../turn/handler.ts";

/** `oauth/login-wait` */
export const oauthLoginWait: FlightHandler<"oauth/login-wait"> = {
  kind: "flight",
  begin: ({ view }, { flight }, { caller, logins }) => {
    let end: SignedInAs | undefined;
    return () => {
      if (end !== undefined) return { result: { ...end, revision: view.counters.revision } };
      const { done, leave } = logins.wait(flight);
      // Whoever waits for minutes is to be seen when they are gone.
      const forget = caller.line?.hangUp.on(leave);
      if (caller.line?.hangUp.isPast === true) leave();
      return {
        wait: done.then((signedIn) => void (end = signedIn)).finally(() => forget?.()),
        left: leave,
      };
    };
  },
};
