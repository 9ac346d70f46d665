import type { ReadHandler } from "../turn/handler.ts";
import { readMany } from "../vault/read.ts";

/** `vault/read` */
export const vaultRead: ReadHandler<"vault/read"> = { kind: "read", run: readMany };
