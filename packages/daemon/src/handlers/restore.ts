import type { WriteHandler } from "../turn/handler.ts";
import { judgeRestore } from "../vault/judge.ts";
import { changeBytes, COMMIT_BYTES } from "./bytes.ts";

/** `secret/restore` */
export const secretRestore: WriteHandler<"secret/restore"> = {
  kind: "write",
  judge: (pending, params) => [judgeRestore(pending, params)],
  result: ({ name }, [version = 0], revision) => ({ name, version, revision }),
  bytes: ({ name }) => COMMIT_BYTES + changeBytes(name),
  frees: () => false,
};
