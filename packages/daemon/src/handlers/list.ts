import type { ReadHandler } from "../turn/handler.ts";
import { listSecrets } from "../vault/list.ts";

/** `secret/list` */
export const secretList: ReadHandler<"secret/list"> = { kind: "read", run: listSecrets };
