import type { ReadHandler } from "../turn/handler.ts";
import { readHistory } from "../vault/read.ts";

/** `secret/history` */
export const secretHistory: ReadHandler<"secret/history"> = { kind: "read", run: readHistory };
