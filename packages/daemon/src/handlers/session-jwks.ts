import type { ControlHandler } from "../turn/handler.ts";

/** `session/jwks` */
export const sessionJwks: ControlHandler<"session/jwks"> = {
  kind: "control",
  exclusive: false,
  run: async ({ gate: { signer }, state }) => ({
    keys: [signer.jwk],
    issuer: signer.issuer,
    revision: state.counters.revision,
  }),
};
