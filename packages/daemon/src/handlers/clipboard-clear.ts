import type { FlightHandler } from "../turn/handler.ts";

/** `clipboard/clear`: answered at once. */
export const clipboardClear: FlightHandler<"clipboard/clear"> = {
  kind: "flight",
  begin:
    (_credentials, params, { clipboards }) =>
    (_at, view) => {
      clipboards.clearLater(params);
      return { result: { revision: view.counters.revision } };
    },
};
