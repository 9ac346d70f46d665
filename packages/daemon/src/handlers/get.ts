import type { ReadHandler } from "../turn/handler.ts";
import { readSecret } from "../vault/read.ts";

/** `secret/get`: an earlier version is what it was. */
export const secretGet: ReadHandler<"secret/get"> = {
  kind: "read",
  run: readSecret,
  renewed: {
    names: ({ name, version }) => (version === undefined ? [name] : []),
    marked: (result) => ({ ...result, stale: true }),
  },
};
