import type { Socket } from "node:net";
import type { RequestId } from "@strongroom/client/protocol";
import type { Who } from "../audit/who.ts";

/**
 * Who asked for the lock: the process that answers is not the one that was asked, so its
 * connection is handed over.
 */
export interface Asker {
  readonly id: RequestId;
  /** Whose the lock is, for the audit. */
  readonly who: Who;
  readonly socket: Socket;
  /**
   * Resolves when all else on the connection is answered and written, or so many milliseconds are
   * over. True when nothing was read from it that is lost with this process.
   */
  quiet(ms: number): Promise<boolean>;
}
