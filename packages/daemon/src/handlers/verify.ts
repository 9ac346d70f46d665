import { verifyTrail } from "../audit/verification.ts";
import type { ControlHandler } from "../turn/handler.ts";

/** `vault/verify`: reads every file back; damage is refused with `CORRUPT` naming the file. */
export const vaultVerify: ControlHandler<"vault/verify"> = {
  kind: "control",
  exclusive: true,
  run: async ({ log, services, state }) => {
    const { frames } = await log.verify();
    await verifyTrail(state.audit, services.segment);
    const { live, revision } = state.counters;
    return { ok: true, frames, secrets: live, revision };
  },
};
