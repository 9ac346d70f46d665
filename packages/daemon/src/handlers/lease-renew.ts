import type { LeaseHandler } from "../turn/handler.ts";

/** `lease/renew` */
export const leaseRenew: LeaseHandler<"lease/renew"> = {
  kind: "lease",
  run: async (leases, { name, token, ttl }, { line }) => {
    leases.renew({ name, token }, ttl, line);
    return { name, token, ttl };
  },
};
