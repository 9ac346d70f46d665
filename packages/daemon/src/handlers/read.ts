import type { ReadHandler } from "../turn/handler.ts";
import { readMany } from "../vault/read.ts";

/** `vault/read` */
export const vaultRead: ReadHandler<"vault/read"> = {
  kind: "read",
  run: readMany,
  renewed: {
    names: ({ names }) => names,
    marked: ({ revision, secrets }, stale) => ({
      secrets: secrets.map((secret) =>
        secret !== null && stale.has(secret.name) ? { ...secret, stale: true } : secret,
      ),
      revision,
    }),
  },
};
