import type { ControlHandler } from "../turn/handler.ts";

/** `vault/confirm` */
export const vaultConfirm: ControlHandler<"vault/confirm"> = {
  kind: "control",
  exclusive: true,
  run: async ({ state, services }) => ({
    confirmed: await services.custody.confirm(),
    revision: state.counters.revision,
  }),
};
