import type { ControlHandler } from "../turn/handler.ts";
import { renewing, reseal } from "./rekey.ts";

/** `slot/remove` */
export const slotRemove: ControlHandler<"slot/remove"> = {
  kind: "control",
  exclusive: true,
  run: async (context, params) => ({
    ...(await renewing(context, context.services.custody.remove(params, reseal(context)))),
    revision: context.state.counters.revision,
  }),
};
