import type { ControlHandler } from "../turn/handler.ts";

/** `daemon/stop`: the reply says that the stop has begun; what was accepted is still answered. */
export const daemonStop: ControlHandler<"daemon/stop"> = {
  kind: "control",
  exclusive: false,
  run: async ({ services, state }) => {
    services.stop();
    return { revision: state.counters.revision };
  },
};
