import type { FlightHandler } from "../turn/handler.ts";

/** `clipboard/clear`: promised only where there is what clears it. */
export const clipboardClear: FlightHandler<"clipboard/clear"> = {
  kind: "flight",
  begin(_credentials, params, { clipboards }) {
    let isDemanded = false;
    return (_at, view) => {
      if (!isDemanded) {
        isDemanded = true;
        return { wait: clipboards.demand(params) };
      }
      clipboards.clearLater(params);
      return { result: { revision: view.counters.revision } };
    };
  },
};
