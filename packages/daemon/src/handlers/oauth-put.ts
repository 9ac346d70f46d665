import { demandReachable } from "../oauth/reachable.ts";
import type { WriteHandler } from "../turn/handler.ts";
import { judgePut } from "../vault/judge-oauth.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** What the vault adds to what it is given, and what it keeps of the record before. */
const MORE_BYTES = 65_536;

/** `oauth/put` */
export const oauthPut: WriteHandler<"oauth/put"> = {
  kind: "write",
  judge: (pending, params) => {
    demandReachable(params);
    return [judgePut(pending, params)];
  },
  result: ({ name }, [generation = 0], revision) => ({ name, generation, revision }),
  bytes: (params) => COMMIT_BYTES + Buffer.byteLength(JSON.stringify(params)) + MORE_BYTES,
  frees: () => false,
};
