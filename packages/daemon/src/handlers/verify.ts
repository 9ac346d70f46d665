import type { ControlHandler } from "../turn/handler.ts";

/** `vault/verify`: reads every file back; damage is refused with `CORRUPT` naming the file. */
export const vaultVerify: ControlHandler<"vault/verify"> = {
  kind: "control",
  exclusive: true,
  run: async ({ log, state }) => {
    const { frames } = await log.verify();
    const { live, revision } = state.counters;
    return { ok: true, frames, secrets: live, revision };
  },
};
