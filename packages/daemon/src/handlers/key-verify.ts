import { verify } from "../authority/verify.ts";
import type { VerifyHandler } from "../turn/handler.ts";

/** `key/verify` */
export const keyVerify: VerifyHandler<"key/verify"> = {
  kind: "verify",
  judge: (gate, view, params, asking) => ({
    record: verify(gate, view, params, asking),
    cost: params.cost ?? 1,
  }),
  result: ({ audience = "", expiresAt, id, name, quota, used = 0 }, left, revision) => ({
    id,
    name,
    audience,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(quota === undefined ? {} : { remaining: Math.max(0, quota - used + left) }),
    revision,
  }),
};
