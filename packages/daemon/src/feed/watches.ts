import { createHash } from "node:crypto";
import type { Clock } from "../vault/clock.ts";
import type { VaultState } from "../vault/state.ts";
import type { Timers } from "../turn/timers.ts";

/** So that two vaults hardly ever share a cursor, and one is still a number of JSON. */
const BASE_BYTES = 5;

/** What watching needs of the engine. */
export interface WatchParts {
  readonly state: Pick<VaultState, "counters" | "expire" | "feed">;
  readonly clock: Pick<Clock, "monotonic">;
  readonly timers: Pick<Timers, "after">;
  /** 32 bytes of the vault that stay the same for its whole life. */
  readonly requestKey: Uint8Array;
}

/** Who waits for something to happen. None of them costs anything while nothing does. */
export class Watches {
  readonly #parts: WatchParts;
  readonly #waiting = new Set<() => void>();
  /** What cursors are above the numbers of events: those of another vault are none of this one. */
  readonly #base: number;
  #isClosing = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    const hash = createHash("sha256").update("watch").update(parts.requestKey).digest();
    this.#base = hash.readUIntBE(0, BASE_BYTES);
  }

  get feed(): VaultState["feed"] {
    return this.#parts.state.feed;
  }

  /** The daemon ends: nobody waits any more. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** What is said of the place before an event of this number. */
  cursorOf(number: number): number {
    return this.#base + number;
  }

  /** The number of the first event behind a cursor; below 0 where it is none of this vault. */
  numberOf(cursor: number): number {
    return cursor - this.#base;
  }

  /** Milliseconds of running time. */
  now(): number {
    return this.#parts.clock.monotonic();
  }

  /** Tells of what has ended by that effective time. */
  expire(at: number): void {
    const { state } = this.#parts;
    if ((state.feed.nextExpiry ?? Infinity) <= at) state.expire(at, state.counters.revision);
  }

  /**
   * Resolves when something happened or ended, at the end of the daemon, or after so many
   * milliseconds, and then calls `over`; never after `left` was called. `at`: the effective time.
   */
  more(
    at: number,
    ms: number,
    over: () => void,
  ): { readonly wait: Promise<void>; readonly left: () => void } {
    const { feed } = this;
    const { timers } = this.#parts;
    let left = nothing;
    const wait = new Promise<void>((resolve) => {
      const go = (): void => {
        left();
        resolve();
      };
      const untilExpiry = feed.nextExpiry === undefined ? Infinity : feed.nextExpiry - at;
      const stopExpiry = untilExpiry >= ms ? nothing : timers.after(Math.max(0, untilExpiry), go);
      const stop = timers.after(ms, () => {
        over();
        go();
      });
      const unlisten = feed.listen(go);
      this.#waiting.add(go);
      left = () => {
        stop();
        stopExpiry();
        unlisten();
        this.#waiting.delete(go);
      };
    });
    return { wait, left: () => left() };
  }

  /** Answers all who wait. */
  close(): void {
    this.#isClosing = true;
    for (const go of this.#waiting) go();
  }
}

function nothing(): void {}
