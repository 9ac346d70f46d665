import type { Clock } from "../vault/clock.ts";
import type { VaultState } from "../vault/state.ts";
import type { Timers } from "../turn/timers.ts";

/** What watching needs of the engine. */
export interface WatchParts {
  readonly state: Pick<VaultState, "counters" | "expire" | "feed">;
  readonly clock: Pick<Clock, "monotonic">;
  readonly timers: Pick<Timers, "after">;
}

/** Who waits for something to happen. None of them costs anything while nothing does. */
export class Watches {
  readonly #parts: WatchParts;
  readonly #waiting = new Set<() => void>();
  #isClosing = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  get feed(): VaultState["feed"] {
    return this.#parts.state.feed;
  }

  /** The daemon ends: nobody waits any more. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Milliseconds of running time. */
  now(): number {
    return this.#parts.clock.monotonic();
  }

  /** Tells of what has ended by that effective time. */
  expire(at: number): void {
    const { state } = this.#parts;
    state.expire(at, state.counters.revision);
  }

  /**
   * Resolves when something happened or ended, after so many milliseconds, at the end, or when
   * `left` is called. `at`: the effective time.
   */
  more(at: number, ms: number): { readonly wait: Promise<void>; readonly left: () => void } {
    const { feed } = this;
    let left = (): void => {};
    const wait = new Promise<void>((resolve) => {
      const untilExpiry = feed.nextExpiry === undefined ? ms : Math.max(0, feed.nextExpiry - at);
      left = () => {
        stop();
        unlisten();
        this.#waiting.delete(left);
        resolve();
      };
      const stop = this.#parts.timers.after(Math.min(ms, untilExpiry), left);
      const unlisten = feed.listen(left);
      this.#waiting.add(left);
    });
    return { wait, left: () => left() };
  }

  /** Answers all who wait. */
  close(): void {
    this.#isClosing = true;
    for (const leave of [...this.#waiting]) leave();
  }
}
