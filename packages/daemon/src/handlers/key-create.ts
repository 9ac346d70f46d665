import { OWN_AUDIENCE } from "@strongroom/client/protocol";
import { newSalt } from "../authority/minter.ts";
import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { KEY_RECORD_BYTES, makeRoom, mintingOf, nameIsFree, provenOf, termsOf } from "./keys.ts";

/** `key/create` */
export const keyCreate: WriteHandler<"key/create"> = {
  kind: "write",
  judge: (pending, params) => {
    const { audience, name } = params;
    const salt = newSalt();
    nameIsFree(pending, name);
    const whose = audience === undefined || audience === OWN_AUDIENCE ? {} : { audience };
    const terms = termsOf(params, pending.at, whose);
    makeRoom(pending);
    const record = { ...provenOf(params, salt), name, createdAt: pending.at, ...whose, ...terms };
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
