import type { ControlHandler } from "../turn/handler.ts";

/** `vault/backup`: a snapshot through the queue, so that it is of one moment. */
export const vaultBackup: ControlHandler<"vault/backup"> = {
  kind: "control",
  exclusive: true,
  run: async ({ state, services }) => {
    const { revision } = state.counters;
    return { file: await services.backup(state.copy()), revision };
  },
};
