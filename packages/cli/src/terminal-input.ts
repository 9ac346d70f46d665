import { ReadStream } from "node:tty";

/** What is typed at a terminal, an open descriptor, which it closes when it is destroyed. */
export function terminalInput(descriptor: number): ReadStream {
  return new ReadStream(descriptor);
}
