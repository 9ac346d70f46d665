import { connect } from "node:net";

/** How long a connection may take: the kernel makes it, not the daemon. */
const CONNECT_MS = 5000;

/** Somebody listens there, and has no room just now. */
const BUSY = new Set(["EAGAIN", "EBUSY"]);

/** What comes of connecting to a socket: "connected", or the code of the error, as ECONNREFUSED. */
export function connecting(endpoint: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(endpoint);
    const end = (how: string): void => {
      socket.destroy();
      resolve(how);
    };
    socket.setTimeout(CONNECT_MS, () => end("connected"));
    socket.once("connect", () => end("connected"));
    socket.on("error", ({ code = "unknown" }: NodeJS.ErrnoException) => {
      end(BUSY.has(code) ? "connected" : code);
    });
  });
}
