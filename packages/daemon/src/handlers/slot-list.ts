import type { ControlHandler } from "../turn/handler.ts";

/** `slot/list` */
export const slotList: ControlHandler<"slot/list"> = {
  kind: "control",
  exclusive: true,
  run: async ({ state, services }) => ({
    slots: services.custody.list(),
    revision: state.counters.revision,
  }),
};
