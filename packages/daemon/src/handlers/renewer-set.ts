import { RENEWER_BYTES } from "../renewers/renewer.ts";
import { wordsOf } from "../renewers/refusals.ts";
import { ownProgram } from "../sources/own-program.ts";
import type { WriteHandler } from "../turn/handler.ts";
import { judgeRenewerSet } from "../vault/judge-renewer.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** `renewer/set`: its program is judged here, so that it is known at once, and at every start. */
export const renewerSet: WriteHandler<"renewer/set"> = {
  kind: "write",
  prepare: async ({ argv: [program = ""], name }) => {
    await ownProgram(program, wordsOf(name));
  },
  judge: (pending, params) => [judgeRenewerSet(pending, params)],
  result: ({ name }, _numbers, revision) => ({ name, revision }),
  bytes: () => COMMIT_BYTES + RENEWER_BYTES,
  frees: () => false,
};
