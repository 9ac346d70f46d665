import type { LeaseHandler } from "../turn/handler.ts";

/** `lease/release` */
export const leaseRelease: LeaseHandler<"lease/release"> = {
  kind: "lease",
  run: async (leases, ref, { line }) => ({ released: leases.release(ref, line) }),
};
