import type { WriteHandler } from "../turn/handler.ts";
import { judgeDelete } from "../vault/judge.ts";
import { changeBytes, COMMIT_BYTES } from "./bytes.ts";

/** `secret/delete` */
export const secretDelete: WriteHandler<"secret/delete"> = {
  kind: "write",
  judge: (pending, params) => [judgeDelete(pending, params)],
  result: ({ name }, [version = 0], revision) => ({ name, version, revision }),
  bytes: ({ name }) => COMMIT_BYTES + changeBytes(name),
  frees: () => true,
};
