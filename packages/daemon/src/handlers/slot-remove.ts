import type { ControlHandler } from "../turn/handler.ts";
import { reseal } from "./rekey.ts";

/** `slot/remove` */
export const slotRemove: ControlHandler<"slot/remove"> = {
  kind: "control",
  exclusive: true,
  run: async (context, params) => ({
    ...(await context.services.custody.remove(params, reseal(context))),
    revision: context.state.counters.revision,
  }),
};
