import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";

/** `vault/policy` */
export const vaultPolicy: WriteHandler<"vault/policy"> = {
  kind: "write",
  judge: (pending, { requireKey }) => {
    if (requireKey !== pending.requireKey) pending.record({ kind: "policy", requireKey });
    return [Number(requireKey)];
  },
  result: (_params, [requireKey], revision) => ({ requireKey: requireKey === 1, revision }),
  bytes: () => COMMIT_BYTES + 2,
  frees: () => false,
};
