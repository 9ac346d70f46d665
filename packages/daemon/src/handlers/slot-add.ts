import type { ControlHandler } from "../turn/handler.ts";

/** `slot/add` */
export const slotAdd: ControlHandler<"slot/add"> = {
  kind: "control",
  exclusive: true,
  run: async ({ state, services }, params) => ({
    ...(await services.custody.add(params)),
    revision: state.counters.revision,
  }),
};
