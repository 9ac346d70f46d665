import type { WriteHandler } from "../turn/handler.ts";
import { COMMIT_BYTES } from "./bytes.ts";
import { idOf, idsOf, numbersOf } from "./key-number.ts";
import { findKeys, KEY_RECORD_BYTES, SAME_NAME } from "./keys.ts";

/** `key/revoke`: of a name, all that work; what ended before stays ended when it did. */
export const keyRevoke: WriteHandler<"key/revoke"> = {
  kind: "write",
  judge: (pending, { key }) => {
    const found = findKeys(pending.keys.all(), key, pending.at);
    for (const record of found) {
      const revokedAt = Math.min(record.revokedAt ?? pending.at, pending.at);
      pending.record({ kind: "key", record: { ...record, revokedAt } });
    }
    return found.flatMap(({ id }) => numbersOf(id));
  },
  result: (_params, numbers, revision) => ({ id: idOf(numbers), revision }),
  ends: (_params, numbers) => idsOf(numbers),
  bytes: () => COMMIT_BYTES + SAME_NAME * KEY_RECORD_BYTES,
  // Whoever revokes may not be kept from it by a full disk.
  frees: () => true,
};
