import type { Socket } from "node:net";
import { LIMITS } from "@strongroom/client/protocol";
import { demandProof } from "./proof.ts";
import type { Demanded } from "./proof.ts";
import type { Timers } from "./timers.ts";

/**
 * Where clients wait that have yet to prove that they know the secret of this start: as many
 * as may be served, for they may all come at once. When it is full, the one that waits longest makes
 * room: a proof takes a moment.
 */
export class Anteroom {
  readonly #timers: Timers;
  /** Whoever came first is first. */
  readonly #waiting = new Map<Socket, AbortController>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Calls `enter` once the client has proved it; others are dropped, after two seconds at most. */
  async receive(
    socket: Socket,
    demanded: Omit<Demanded, "signal">,
    enter: () => void,
  ): Promise<void> {
    // Before all else: an error without a listener takes the process down.
    socket.on("error", () => {});
    if (this.#waiting.size >= LIMITS.unprovedConnections) this.#dropFirst();
    const over = new AbortController();
    this.#waiting.set(socket, over);
    // What came while the loop was busy counts.
    const late = (): void => this.#timers.polled(() => over.abort());
    const forget = this.#timers.after(LIMITS.helloMs, late);
    const isProved = await demandProof(socket, { ...demanded, signal: over.signal });
    forget();
    this.#waiting.delete(socket);
    if (isProved && !socket.destroyed) enter();
    else socket.destroy();
  }

  /** Drops all that wait. */
  close(): void {
    for (const over of this.#waiting.values()) over.abort();
  }

  #dropFirst(): void {
    const [first] = this.#waiting.keys();
    if (first === undefined) return;
    this.#waiting.delete(first);
    first.destroy();
  }
}
