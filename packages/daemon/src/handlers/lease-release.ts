import type { LeaseHandler } from "../turn/handler.ts";

/** `lease/release` */
export const leaseRelease: LeaseHandler<"lease/release"> = {
  kind: "lease",
  run: async (leases, ref) => ({ released: leases.release(ref) }),
};
