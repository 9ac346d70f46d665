import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { KEY_RECORD_BYTES, makeRoom, mintedOf, nameIsFree, termsOf } from "./keys.ts";

/** `key/create` */
export const keyCreate: WriteHandler<"key/create"> = {
  kind: "write",
  judge: (pending, params) => {
    const { name } = params;
    const { id, proof } = mintedOf(params);
    nameIsFree(pending, name);
    const terms = termsOf(params, pending.at);
    makeRoom(pending);
    const record = { id, name, proof, createdAt: pending.at, ...terms };
    pending.record({ kind: "key", record });
    return [];
  },
  result: (params, _numbers, revision) => {
    const { id, token } = mintedOf(params);
    return { id, token, revision };
  },
  bytes: () => COMMIT_BYTES + KEY_RECORD_BYTES,
  frees: () => false,
};
