import type { ApprovalEntry } from "@strongroom/client/protocol";
import type { ReadHandler } from "../turn/handler.ts";
import { compareNames } from "../vault/names.ts";

/** `approval/list`: in the order of the paths. */
export const approvalList: ReadHandler<"approval/list"> = {
  kind: "read",
  run: (view) => {
    const approvals: ApprovalEntry[] = [];
    for (const record of view.ownerRecords.values()) {
      if (record.kind !== "approval") continue;
      const { approvedAt, path, sha256 } = record;
      approvals.push({ path, sha256, approvedAt });
    }
    approvals.sort((a, b) => compareNames(a.path, b.path));
    return { approvals, revision: view.counters.revision };
  },
};
