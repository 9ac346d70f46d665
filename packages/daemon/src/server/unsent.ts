import type { Socket } from "node:net";

import { LIMITS } from "@strongroom/client/protocol";
import type { RequestReader, Standing } from "@strongroom/client/protocol";

/**
 * The replies that a client has not taken yet: above 1 MiB, for nobody above 16 KiB or what a stream
 * of this Node takes before it says that it is full, it is neither read nor read for.
 */
export class Unsent {
  readonly #socket: Socket;
  readonly #reader: RequestReader;
  readonly #standing: () => Standing;
  #drained: Promise<void> | undefined;

  constructor(socket: Socket, reader: RequestReader, standing: () => Standing) {
    this.#socket = socket;
    this.#reader = reader;
    this.#standing = standing;
  }

  /** Bytes taken so far; `undefined` while nothing waits to be taken. */
  progress(): number | undefined {
    const { writableLength, bytesWritten } = this.#socket;
    return writableLength === 0 ? undefined : bytesWritten - writableLength;
  }

  /** Stops reading when too much waits; called after every reply. */
  check(): void {
    const limit = this.#standing() === "known" ? LIMITS.unsentBytes : LIMITS.unprovedBytes;
    // Below the mark of its stream nothing is said when all was taken, and this would wait for ever.
    const most = Math.max(limit, this.#socket.writableHighWaterMark);
    if (this.#drained !== undefined || this.#socket.writableLength <= most) return;
    this.#reader.hold();
    this.#drained = new Promise((resolve) => {
      const release = (): void => {
        this.#socket.off("drain", release).off("close", release);
        this.#drained = undefined;
        resolve();
        if (!this.#socket.destroyed) this.#reader.release();
      };
      this.#socket.on("drain", release).on("close", release);
    });
  }

  /** Resolves when the client took what waited; `undefined` while little does. */
  room(): Promise<void> | undefined {
    this.check();
    return this.#drained;
  }
}
