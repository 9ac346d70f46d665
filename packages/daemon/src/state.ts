import type { DaemonState } from "@strongroom/client/protocol";

/** Every state, and the ones that may follow it. */
const MOVES: { readonly [from in DaemonState]: readonly DaemonState[] } = {
  closing: ["poisoned"],
  failed: ["closing", "opening"],
  locked: ["closing", "open", "opening", "poisoned"],
  open: ["closing", "locked", "poisoned", "read-only"],
  opening: ["closing", "failed", "locked", "open", "poisoned", "read-only"],
  poisoned: ["closing"],
  "read-only": ["closing", "locked", "opening", "poisoned"],
};

/** The one state of the daemon, moved here and nowhere else. */
export class StateVariable {
  #current: DaemonState = "opening";
  #reason: string | undefined;
  readonly #moved: (state: DaemonState, reason: string | undefined) => void;

  /** `moved` is called after each move. */
  constructor(moved: (state: DaemonState, reason: string | undefined) => void) {
    this.#moved = moved;
  }

  get current(): DaemonState {
    return this.#current;
  }

  /** Why, when the state is `failed`, `locked`, `read-only` or `poisoned`: one sentence, safe to print. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Moves to a state that may follow this one; any other is a mistake in the program. */
  move(next: DaemonState, reason?: string): void {
    if (next === this.#current) return;
    if (!MOVES[this.#current].includes(next)) {
      throw new TypeError(`the daemon cannot go from ${this.#current} to ${next}`);
    }
    this.#current = next;
    this.#reason = reason;
    this.#moved(next, reason);
  }
}
