import type { CancelSignal } from "../turn/turn.ts";

/** A signal as requests need it: an `AbortController` for each of them costs more than a `get`. */
export class Cancellation implements CancelSignal {
  #aborted = false;
  #listener: (() => void) | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Registers what happens when it is aborted; one listener at a time. */
  addEventListener(_type: "abort", listener: () => void): void {
    this.#listener = listener;
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    if (this.#listener === listener) this.#listener = undefined;
  }

  /** Tells the listener, once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.();
  }
}
