import { isSessionToken } from "@strongroom/client/protocol";
import type { ControlHandler } from "../turn/handler.ts";

/** `session/authenticate`: the connection makes of it what it then is. */
export const sessionAuthenticate: ControlHandler<"session/authenticate"> = {
  kind: "control",
  exclusive: false,
  run: async ({ gate, state }, { token }) => {
    const { signer } = gate;
    const at = gate.at(state.counters.maxTime);
    const opened = isSessionToken(token) ? await signer.open(token, at) : undefined;
    // Judged by what is durable now: verifying took a moment.
    const { maxTime, revision } = state.counters;
    const { id, name } = gate.authenticate(state, opened ?? token, maxTime);
    if (opened === undefined) return { id, name, revision };
    const { key: _, ...session } = opened;
    return { id, name, session, revision };
  },
};
