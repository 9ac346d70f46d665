import { StrongroomError } from "@strongroom/client/protocol";
import { newSalt } from "../authority/minter.ts";
import type { WriteHandler } from "../turn/handler.ts";
import { stateOf } from "../vault/key-record.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { idOf, numbersOf } from "./key-number.ts";
import {
  findKey,
  findKeys,
  hasEnded,
  KEY_RECORD_BYTES,
  makeRoom,
  mintingOf,
  provenOf,
  SAME_NAME,
} from "./keys.ts";

/** `key/rotate`: the new key is there and the old one ends in one commit, or after the overlap. */
export const keyRotate: WriteHandler<"key/rotate"> = {
  kind: "write",
  judge: (pending, params) => {
    const { key, overlapMs = 0 } = params;
    const all = pending.keys.all();
    const old = findKey(all, key, pending.at);
    if (stateOf(old, pending.at) !== "active") throw hasEnded();
    if (overlapMs > 0 && findKeys(all, old.name, pending.at).length >= SAME_NAME) throw tooMany();
    const revokedAt = Math.min(old.revokedAt ?? Infinity, pending.at + overlapMs);
    const salt = newSalt();
    const { id, ...proof } = provenOf(params, salt);
    const { revokedAt: _, used: _used, ...terms } = old;
    pending.record({ kind: "key", record: { ...old, revokedAt } });
    // Of what it has just ended, too.
    makeRoom(pending);
    pending.record({ kind: "key", record: { ...terms, id, ...proof, createdAt: pending.at } });
    return [...numbersOf(old.id), salt];
  },
  result: (params, numbers, revision) => {
    const [, , salt = 0] = numbers;
    const { id, token } = mintingOf(params)(salt);
    return { id, token, replaces: idOf(numbers), revision };
  },
  // In an overlap its connections go on.
  ends: ({ overlapMs = 0 }, numbers) => (overlapMs > 0 ? [] : [idOf(numbers)]),
  bytes: () => COMMIT_BYTES + 2 * KEY_RECORD_BYTES,
  frees: () => false,
};

function tooMany(): StrongroomError {
  return new StrongroomError("TOO_LARGE", `at most ${SAME_NAME} keys of one name work at once`, {
    hint: "rotate it without an overlap, or revoke the oldest by its id: strongroom key list",
  });
}
