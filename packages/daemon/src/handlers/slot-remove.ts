import type { ControlHandler } from "../turn/handler.ts";
import { renewing, reseal } from "./rekey.ts";

/** `slot/remove` */
export const slotRemove: ControlHandler<"slot/remove"> = {
  kind: "control",
  exclusive: true,
  run: async (context, params) => {
    const { services, state } = context;
    const { requireKey } = state.counters;
    const work = services.custody.remove(params, reseal(context), requireKey);
    const removed = await renewing(context, work);
    return { ...removed, revision: state.counters.revision };
  },
};
