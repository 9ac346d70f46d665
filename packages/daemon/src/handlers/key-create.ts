import { OWN_AUDIENCE } from "@strongroom/client/protocol";
import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { KEY_RECORD_BYTES, makeRoom, mintedOf, nameIsFree, provenOf, termsOf } from "./keys.ts";

/** `key/create` */
export const keyCreate: WriteHandler<"key/create"> = {
  kind: "write",
  judge: (pending, params) => {
    const { audience, name } = params;
    nameIsFree(pending, name);
    const whose = audience === undefined || audience === OWN_AUDIENCE ? {} : { audience };
    const terms = termsOf(params, pending.at, whose);
    makeRoom(pending);
    const record = { ...provenOf(params), name, createdAt: pending.at, ...whose, ...terms };
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
