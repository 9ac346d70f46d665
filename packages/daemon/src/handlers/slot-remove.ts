import type { SlotEntry } from "@strongroom/client/protocol";
import { lastProof } from "../keys/slot-refusals.ts";
import type { ControlHandler } from "../turn/handler.ts";
import { renewing, reseal } from "./rekey.ts";

/** `slot/remove` */
export const slotRemove: ControlHandler<"slot/remove"> = {
  kind: "control",
  exclusive: true,
  run: async (context, params) => {
    const { services, state } = context;
    const { requireKey } = state.counters;
    if (requireKey && isLastProof(services.custody.list(), params.slot)) throw lastProof();
    const removed = await renewing(context, services.custody.remove(params, reseal(context)));
    return { ...removed, revision: state.counters.revision };
  },
};

/** Other slots prove an owner too, but to whoever can read their identity: no command does. */
function isLastProof(slots: readonly SlotEntry[], leaving: string): boolean {
  const sealed = slots.filter(({ type }) => type === "passphrase");
  return sealed.length === 1 && sealed[0]?.slot === leaving;
}
