import type { WriteHandler } from "../turn/handler.ts";
import { stateOf } from "../vault/key-record.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { idOf, numbersOf } from "./key-number.ts";
import { findKeys, hasEnded, KEY_RECORD_BYTES, SAME_NAME, termsOf } from "./keys.ts";

/** `key/update`: of a name, all that work. What is not named stays as it was; an ended key stays ended. */
export const keyUpdate: WriteHandler<"key/update"> = {
  kind: "write",
  judge: (pending, params) => {
    const found = findKeys(pending.keys.all(), params.key, pending.at);
    if (stateOf(found[0], pending.at) !== "active") throw hasEnded();
    for (const record of found) {
      const { expiresAt: _, quota: _quota, rate: _rate, ...rest } = record;
      pending.record({ kind: "key", record: { ...rest, ...termsOf(params, pending.at, record) } });
    }
    return found.flatMap(({ id }) => numbersOf(id));
  },
  result: (_params, numbers, revision) => ({ id: idOf(numbers), revision }),
  bytes: () => COMMIT_BYTES + SAME_NAME * KEY_RECORD_BYTES,
  frees: () => false,
};
