import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { idOf, numbersOf } from "./key-number.ts";
import { findKey, KEY_RECORD_BYTES } from "./keys.ts";

/** `key/revoke`: what ended before stays ended when it did. */
export const keyRevoke: WriteHandler<"key/revoke"> = {
  kind: "write",
  judge: (pending, { key }) => {
    const record = findKey(pending.keys.all(), key, pending.at);
    const revokedAt = Math.min(record.revokedAt ?? pending.at, pending.at);
    pending.record({ kind: "key", record: { ...record, revokedAt } });
    return numbersOf(record.id);
  },
  result: (_params, numbers, revision) => ({ id: idOf(numbers), revision }),
  bytes: () => COMMIT_BYTES + KEY_RECORD_BYTES,
  // Whoever revokes may not be kept from it by a full disk.
  frees: () => true,
};
