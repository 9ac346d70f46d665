import { StrongroomError } from "@strongroom/client/protocol";
import type { WriteHandler } from "../turn/handler.ts";
import { stateOf } from "../vault/key-record.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { idOf, numbersOf } from "./key-number.ts";
import { findKey, KEY_RECORD_BYTES, makeRoom, mintedOf, provenOf } from "./keys.ts";

/** `key/rotate`: the new key is there and the old one ends in one commit, or after the overlap. */
export const keyRotate: WriteHandler<"key/rotate"> = {
  kind: "write",
  judge: (pending, params) => {
    const { key, overlapMs = 0 } = params;
    const old = findKey(pending.keys.all(), key, pending.at);
    if (stateOf(old, pending.at) !== "active") throw ended();
    const { id, ...proof } = provenOf(params);
    makeRoom(pending);
    const { revokedAt: _, used: _used, ...terms } = old;
    pending.record({ kind: "key", record: { ...old, revokedAt: pending.at + overlapMs } });
    pending.record({ kind: "key", record: { ...terms, id, ...proof, createdAt: pending.at } });
    return numbersOf(old.id);
  },
  result: (params, numbers, revision) => {
    const { id, token } = mintedOf(params);
    return { id, token, replaces: idOf(numbers), revision };
  },
  bytes: () => COMMIT_BYTES + 2 * KEY_RECORD_BYTES,
  frees: () => false,
};

function ended(): StrongroomError {
  return new StrongroomError("INVALID", "this API key has ended and cannot be rotated", {
    hint: "make another: strongroom key create NAME --allow RULE --expires 30d",
  });
}
