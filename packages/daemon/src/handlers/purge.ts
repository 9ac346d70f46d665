import { LIMITS } from "@strongroom/client/protocol";
import type { WriteHandler } from "../turn/handler.ts";
import { judgePurge } from "../vault/judge.ts";
import { changeBytes, COMMIT_BYTES } from "./bytes.ts";

/** `secret/purge` */
export const secretPurge: WriteHandler<"secret/purge"> = {
  kind: "write",
  judge: (pending, params) => [judgePurge(pending, params)],
  result: (_params, [purged = 0], revision) => ({ purged, revision }),
  bytes: ({ name }) => COMMIT_BYTES + changeBytes(name) + 8 * LIMITS.historyVersions,
  frees: () => true,
};
