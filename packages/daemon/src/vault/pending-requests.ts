import type { CommitRequest } from "./commit.ts";
import type { Remembered } from "./requests.ts";
import type { VaultState } from "./state.ts";

/** The request ids of one frame, beside those that are durable. */
export class PendingRequests {
  readonly #state: VaultState;
  readonly #requests = new Map<string, Remembered>();
  #forgotten: { at: number; revision: number } | undefined;

  constructor(state: VaultState) {
    this.#state = state;
  }

  /** What is remembered of a request id, pending or durable. */
  get(key: string): Remembered | undefined {
    return this.#requests.get(key) ?? this.#state.requests.get(key);
  }

  /** The highest revision of a request id that counts as dropped at a time. */
  forgottenAt(at: number): number {
    // All that is judged in one turn is judged at one time.
    if (this.#forgotten?.at !== at) {
      this.#forgotten = { at, revision: this.#state.requests.forgottenAt(at) };
    }
    return this.#forgotten.revision;
  }

  /** It was done by the commit of this revision, at that time. */
  remember(request: CommitRequest, revision: number, at: number): void {
    // One key may come twice in a frame only when the first was forgotten; the order counts.
    this.#requests.delete(request.key);
    this.#requests.set(request.key, { ...request, revision, at });
  }

  publish(): void {
    for (const request of this.#requests.values()) this.#state.requests.add(request);
  }
}
