import type { ReadHandler } from "../turn/handler.ts";
import { entryOf } from "../vault/key-record.ts";

/** `key/list`: the oldest first. */
export const keyList: ReadHandler<"key/list"> = {
  kind: "read",
  run: ({ counters, keys }, _params, at) => ({
    keys: [...keys.values()].map((record) => entryOf(record, at)),
    revision: counters.revision,
  }),
};
