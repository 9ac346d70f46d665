import { RENEWER_BYTES } from "../renewers/renewer.ts";
import type { WriteHandler } from "../turn/handler.ts";
import { judgeRenewerRemove } from "../vault/judge-renewer.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** `renewer/remove` */
export const renewerRemove: WriteHandler<"renewer/remove"> = {
  kind: "write",
  judge: (pending, params) => [judgeRenewerRemove(pending, params)],
  result: ({ name }, _numbers, revision) => ({ name, revision }),
  bytes: () => COMMIT_BYTES + RENEWER_BYTES,
  frees: () => true,
};
