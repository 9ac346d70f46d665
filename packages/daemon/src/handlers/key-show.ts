import type { ReadHandler } from "../turn/handler.ts";
import { entryOf } from "../vault/key-record.ts";
import { findKey } from "./keys.ts";

/** `key/show` */
export const keyShow: ReadHandler<"key/show"> = {
  kind: "read",
  run: ({ counters, keys }, { key }, at) => ({
    ...entryOf(findKey(keys.values(), key, at), at),
    revision: counters.revision,
  }),
};
