import { newSalt } from "../authority/minter.ts";
import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { KEY_RECORD_BYTES, makeRoom, mintingOf, nameIsFree, termsOf } from "./keys.ts";

/** `key/create` */
export const keyCreate: WriteHandler<"key/create"> = {
  kind: "write",
  judge: (pending, params) => {
    const { name } = params;
    const salt = newSalt();
    const { id, proof } = mintingOf(params)(salt);
    nameIsFree(pending, name);
    const terms = termsOf(params, pending.at);
    makeRoom(pending);
    const record = { id, name, proof, createdAt: pending.at, ...terms };
    pending.record({ kind: "key", record });
    return [salt];
  },
  result: (params, [salt = 0], revision) => {
    const { id, token } = mintingOf(params)(salt);
    return { id, token, revision };
  },
  bytes: () => COMMIT_BYTES + KEY_RECORD_BYTES,
  frees: () => false,
};
