import type { WriteHandler } from "../turn/handler.ts";
import { judgeSet } from "../vault/judge.ts";
import { changeBytes, COMMIT_BYTES } from "./bytes.ts";

/** `secret/set` */
export const secretSet: WriteHandler<"secret/set"> = {
  kind: "write",
  judge: (pending, params) => [judgeSet(pending, params)],
  result: ({ name }, [version = 0], revision) => ({ name, version, revision }),
  bytes: ({ name, value, metadata }) => COMMIT_BYTES + changeBytes(name, value, metadata),
  frees: () => false,
};
