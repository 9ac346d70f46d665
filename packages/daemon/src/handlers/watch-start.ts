import { watchAsked } from "../feed/watch-asked.ts";
import type { FlightHandler } from "../turn/handler.ts";

/** `watch/start` */
export const watchStart: FlightHandler<"watch/start"> = {
  kind: "flight",
  begin: (_credentials, params, { watches }) => watchAsked(watches, params),
};
