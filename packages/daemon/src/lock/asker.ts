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

/** The descriptor of the asker's connection; undefined where this system has none to hand over. */
export function descriptorOf({ socket }: Asker): number | undefined {
  if (process.platform === "win32" || socket.destroyed) return undefined;
  // Node has no public name for it. Where it is another day, the old process answers itself.
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}
