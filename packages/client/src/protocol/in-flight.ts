import type { RequestId } from "./envelope.ts";
import { LIMITS } from "./limits.ts";
import { WireError } from "./wire-error.ts";

/**
 * The requests of one connection that wait for their reply. vscode-jsonrpc keeps its queue by
 * the text of an id, so that `7` and `"7"` are one: here they are one, too.
 */
export class InFlight {
  readonly #waiting = new Map<string, { readonly id: RequestId; cancelled: boolean }>();
  #onAnswered: () => void = () => {};

  /** How many there are. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Whether another may begin: at most 64 do at once. */
  get hasRoom(): boolean {
    return this.#waiting.size < LIMITS.inFlight;
  }

  /** Registers what happens after each answer; one listener at a time. */
  onAnswered(listener: () => void): void {
    this.#onAnswered = listener;
  }

  /** Throws a `WireError` when the id is waiting already: its reply could not be told apart. */
  begin(id: RequestId): void {
    const text = String(id);
    if (this.#waiting.has(text)) throw new WireError("id-in-flight");
    this.#waiting.set(text, { id, cancelled: false });
  }

  /** The id of a waiting request, as it was sent, the first time that it is cancelled. */
  cancel(id: RequestId): RequestId | undefined {
    const found = this.#waiting.get(String(id));
    if (found === undefined || found.cancelled) return undefined;
    found.cancelled = true;
    return found.id;
  }

  /** The reply was written: the id may be used again. */
  end(id: RequestId): void {
    if (this.#waiting.delete(String(id))) this.#onAnswered();
  }
}
