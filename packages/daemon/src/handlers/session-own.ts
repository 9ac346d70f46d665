import { StrongroomError } from "@strongroom/client/protocol";
import { OWN_MS } from "../authority/gate.ts";
import type { ControlHandler } from "../turn/handler.ts";

/** `session/own`: the connection makes of it what it then is. */
export const sessionOwn: ControlHandler<"session/own"> = {
  kind: "control",
  exclusive: false,
  run: async ({ services: { proof }, state }, { answer, passphrase }) => {
    if (answer !== undefined && passphrase !== undefined) {
      throw new StrongroomError("INVALID", "a slot is proved by its passphrase, or by an answer");
    }
    let proved: { readonly challenge: string } | { readonly forMs: number } = { forMs: OWN_MS };
    if (answer !== undefined) proof.answered(answer);
    else if (passphrase !== undefined) await proof.passphrase(passphrase);
    else proved = { challenge: await proof.challenge() };
    const { requireKey: required, revision } = state.counters;
    return { required, types: proof.types, ...proved, revision };
  },
};
