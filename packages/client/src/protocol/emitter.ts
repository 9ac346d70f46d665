import type { Event } from "vscode-jsonrpc/node";

/**
 * An event as vscode-jsonrpc wants it. Ours, so that the protocol's code loads without that
 * library: only who makes a connection of it pays for it.
 */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => unknown>();

  /** Registers a listener; `dispose` of what it returns takes it away. */
  readonly event: Event<T> = (listener, thisArgs?: unknown) => {
    const bound = (value: T): unknown => listener.call(thisArgs, value);
    this.#listeners.add(bound);
    return { dispose: () => void this.#listeners.delete(bound) };
  };

  /** Calls every listener in the order of registration. */
  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  /** Forgets every listener. */
  dispose(): void {
    this.#listeners.clear();
  }
}
