import type { Readable } from "node:stream";

/**
 * Takes so many bytes off a stream that nobody reads yet, and leaves what follows them for whoever
 * reads next. Undefined when it ends, or `signal` is aborted, before they are there.
 */
export function readExactly(
  stream: Readable,
  length: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const settle = (bytes: Buffer | undefined): void => {
      stream.off("readable", look);
      stream.off("end", giveUp);
      stream.off("close", giveUp);
      signal.removeEventListener("abort", giveUp);
      resolve(bytes);
    };
    const giveUp = (): void => settle(undefined);
    const look = (): void => {
      const bytes = stream.read(length) as Buffer | null;
      // A stream that has ended gives what is left.
      if (bytes !== null) settle(bytes.length === length ? bytes : undefined);
    };
    if (signal.aborted || stream.destroyed) return resolve(undefined);
    stream.on("readable", look);
    stream.on("end", giveUp);
    stream.on("close", giveUp);
    signal.addEventListener("abort", giveUp);
    look();
  });
}
