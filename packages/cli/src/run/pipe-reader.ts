import { Socket } from "node:net";
import type { Readable } from "node:stream";

/** Reads the reading end of a pipe, a descriptor opened without waiting, and closes it at the end. */
export function readerOf(descriptor: number): Readable {
  return new Socket({ fd: descriptor, readable: true, writable: false });
}
