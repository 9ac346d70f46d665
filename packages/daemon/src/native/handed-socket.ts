import { Socket } from "node:net";

/** The connection whose descriptor was handed to this process. */
export function handedSocket(descriptor: number): Socket {
  return new Socket({ fd: descriptor, readable: true, writable: true });
}
