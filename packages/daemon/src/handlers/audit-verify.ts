import { verifyTrail } from "../audit/verification.ts";
import type { ControlHandler } from "../turn/handler.ts";

/** `audit/verify`: what is not sealed yet stands in the journal, which is read back first. */
export const auditVerify: ControlHandler<"audit/verify"> = {
  kind: "control",
  exclusive: true,
  run: async ({ log, services, state }) => {
    await log.verify();
    const { audit, counters } = state;
    await verifyTrail(audit, services.segment);
    const { count } = audit.from;
    return {
      ok: true,
      records: audit.last - count,
      first: count + 1,
      segments: audit.segments.length,
      revision: counters.revision,
    };
  },
};
