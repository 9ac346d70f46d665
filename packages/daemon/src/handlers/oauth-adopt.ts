import { OAUTH_RECORD_BYTES } from "../oauth/own-changes.ts";
import type { WriteHandler } from "../turn/handler.ts";
import { judgeAdopt } from "../vault/judge-oauth.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** `oauth/adopt` */
export const oauthAdopt: WriteHandler<"oauth/adopt"> = {
  kind: "write",
  judge: (pending, params) => [judgeAdopt(pending, params)],
  result: ({ name }, [generation = 0], revision) => ({ name, generation, revision }),
  bytes: () => COMMIT_BYTES + OAUTH_RECORD_BYTES,
  frees: () => false,
};
