import type { WriteHandler } from "../turn/handler.ts";
import { judgeRestore } from "../vault/judge.ts";
import { changeBytes, COMMIT_BYTES } from "./bytes.ts";

/** The frame names the version only, but a value is copied: few of them make a turn. */
const COPY_BYTES = 65_536;

/** `secret/restore` */
export const secretRestore: WriteHandler<"secret/restore"> = {
  kind: "write",
  judge: (pending, params) => [judgeRestore(pending, params)],
  result: ({ name }, [version = 0], revision) => ({ name, version, revision }),
  bytes: ({ name }) => COMMIT_BYTES + changeBytes(name) + COPY_BYTES,
  frees: () => false,
};
