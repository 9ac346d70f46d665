import type { ReadHandler } from "../turn/handler.ts";
import { readSecret } from "../vault/read.ts";

/** `secret/get` */
export const secretGet: ReadHandler<"secret/get"> = { kind: "read", run: readSecret };
