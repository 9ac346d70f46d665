import type { LeaseHandler } from "../turn/handler.ts";

/** `lease/renew` */
export const leaseRenew: LeaseHandler<"lease/renew"> = {
  kind: "lease",
  run: async (leases, { name, token, ttl }) => {
    leases.renew({ name, token }, ttl);
    return { name, token, ttl };
  },
};
