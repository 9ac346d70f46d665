import type { ControlHandler } from "../turn/handler.ts";

/** `session/authenticate`: the connection makes of it what it then is. */
export const sessionAuthenticate: ControlHandler<"session/authenticate"> = {
  kind: "control",
  exclusive: false,
  run: async ({ gate, state }, { token }) => {
    const { maxTime, revision } = state.counters;
    const { id, name } = gate.authenticate(state, token, maxTime);
    return { id, name, revision };
  },
};
