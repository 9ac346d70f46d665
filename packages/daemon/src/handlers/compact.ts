import { replaced } from "../turn/compaction.ts";
import type { ControlHandler } from "../turn/handler.ts";

/** `vault/compact` */
export const vaultCompact: ControlHandler<"vault/compact"> = {
  kind: "control",
  exclusive: true,
  run: async ({ log, state }) => ({
    epoch: await replaced(log, state),
    revision: state.counters.revision,
  }),
};
