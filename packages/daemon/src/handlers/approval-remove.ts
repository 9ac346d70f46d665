import { LIMITS } from "@strongroom/client/protocol";
import type { WriteHandler } from "../turn/handler.ts";
import { judgeApprovalRemove } from "../vault/judge-approval.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** `approval/remove` */
export const approvalRemove: WriteHandler<"approval/remove"> = {
  kind: "write",
  judge: (pending, params) => {
    judgeApprovalRemove(pending, params);
    return [];
  },
  result: ({ path }, _numbers, revision) => ({ path, revision }),
  bytes: () => COMMIT_BYTES + 4 * LIMITS.pathCharacters,
  frees: () => true,
};
