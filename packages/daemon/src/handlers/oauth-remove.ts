import type { WriteHandler } from "../turn/handler.ts";
import { judgeRemove } from "../vault/judge-oauth.ts";
import { PRESENTED_BYTES } from "../vault/presented.ts";
import { changeBytes, COMMIT_BYTES } from "./bytes.ts";

/** `oauth/remove` */
export const oauthRemove: WriteHandler<"oauth/remove"> = {
  kind: "write",
  judge: (pending, params) => [judgeRemove(pending, params)],
  result: ({ name }, [generation = 0], revision) => ({ name, generation, revision }),
  bytes: ({ name }) => COMMIT_BYTES + changeBytes(name) + PRESENTED_BYTES,
  frees: () => true,
};
