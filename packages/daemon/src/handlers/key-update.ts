import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { idOf, numbersOf } from "./key-number.ts";
import { findKey, KEY_RECORD_BYTES, termsOf } from "./keys.ts";

/** `key/update`: what is not named stays as it was; an ended key stays ended. */
export const keyUpdate: WriteHandler<"key/update"> = {
  kind: "write",
  judge: (pending, params) => {
    const record = findKey(pending.keys.all(), params.key, pending.at);
    const { expiresAt: _, ...rest } = record;
    pending.record({ kind: "key", record: { ...rest, ...termsOf(params, pending.at, record) } });
    return numbersOf(record.id);
  },
  result: (_params, numbers, revision) => ({ id: idOf(numbers), revision }),
  bytes: () => COMMIT_BYTES + KEY_RECORD_BYTES,
  frees: () => false,
};
