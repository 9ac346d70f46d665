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

/** What somebody has who owns the slot: the others give their identity to the daemon alone. */
const SHOWN = ["keyfile", "passphrase", "recipient"];

function isLastProof(slots: readonly SlotEntry[], leaving: string): boolean {
  const rest = slots.filter(({ slot }) => slot !== leaving);
  return rest.length < slots.length && !rest.some(({ type }) => SHOWN.includes(type));
}
