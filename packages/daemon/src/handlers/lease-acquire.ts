import { checkName } from "@strongroom/client/protocol";
import type { LeaseHandler } from "../turn/handler.ts";

/** `lease/acquire` */
export const leaseAcquire: LeaseHandler<"lease/acquire"> = {
  kind: "lease",
  run: async (leases, { name, ttl, wait = 0 }, { line, signal }) => {
    checkName(name);
    return { ...(await leases.acquire(name, { ttl, wait, line, signal })), ttl };
  },
};
