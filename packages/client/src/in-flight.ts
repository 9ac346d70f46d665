import { LIMITS } from "./protocol/index.ts";

/** Lets so many requests onto a connection at once as the daemon takes; the others wait in order. */
export class InFlight {
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  /** Takes room if there is some; it is the caller's until `leave`. */
  tryEnter(): boolean {
    if (this.#taken >= LIMITS.inFlight) return false;
    this.#taken += 1;
    return true;
  }

  /** Resolves when there is room; the room is the caller's until `leave`. */
  enter(): Promise<void> {
    if (this.tryEnter()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
