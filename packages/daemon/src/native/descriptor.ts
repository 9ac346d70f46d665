import type { Socket } from "node:net";

/** The descriptor of a socket; undefined where this system has none, or it is gone. */
export function descriptorOf(socket: Socket): number | undefined {
  if (process.platform === "win32" || socket.destroyed) return undefined;
  // Node has no public name for it.
  const { _handle: handle } = socket as unknown as {
    readonly _handle?: { readonly fd?: number } | null;
  };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}
