import { LIMITS } from "@strongroom/client/protocol";
import type { WriteHandler } from "../turn/handler.ts";
import { judgeApproval } from "../vault/judge-approval.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** `approval/add` */
export const approvalAdd: WriteHandler<"approval/add"> = {
  kind: "write",
  judge: (pending, params) => {
    judgeApproval(pending, params);
    return [];
  },
  result: ({ path }, _numbers, revision) => ({ path, revision }),
  bytes: () => COMMIT_BYTES + 4 * LIMITS.pathCharacters,
  frees: () => false,
};
