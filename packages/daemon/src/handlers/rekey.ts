import type { DataKey } from "../keys/data-key.ts";
import { replaced } from "../turn/compaction.ts";
import type { ControlContext, ControlHandler } from "../turn/handler.ts";

/** `vault/rekey` */
export const vaultRekey: ControlHandler<"vault/rekey"> = {
  kind: "control",
  exclusive: true,
  run: async (context) => {
    await renewing(context, context.services.custody.rekey(reseal(context)));
    const { log, state } = context;
    return { epoch: log.figures().epoch ?? "", revision: state.counters.revision };
  },
};

/** The whole state under another data key; request ids stay what they were. */
export function reseal({ log, state, requestKey }: ControlContext) {
  return async (key: DataKey): Promise<void> => {
    state.requests.key ??= Buffer.from(requestKey);
    await replaced(log, state, key);
  };
}

/**
 * Awaits what may change the data key or its slots: whoever had the old one could make tokens with
 * it, and what somebody has proved may be no slot any more.
 */
export async function renewing<T>({ gate }: ControlContext, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    gate.signer.renew();
    gate.forgetProofs();
  }
}
