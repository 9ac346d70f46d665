import type { Provider } from "./provider.ts";

/** A daemon that speaks to no authorization server: refresh tokens are kept and not presented. */
export const noNetwork: Provider = {
  redeem: () => Promise.resolve({ kind: "not-sent", reason: "this daemon speaks to no server" }),
  revoke: () => Promise.resolve(false),
};
