import type { StrongroomError } from "@strongroom/client/protocol";
import { cancelled } from "../turn/refusal.ts";
import type { Timers } from "../turn/timers.ts";
import type { CancelSignal } from "../turn/turn.ts";
import type { Moment } from "./line.ts";
import { taken } from "./refusals.ts";

interface Waiter {
  /** False when it cannot have it any more. */
  readonly go: () => boolean;
  readonly refuse: (error: StrongroomError) => void;
}

/** How long somebody waits, milliseconds, and how they give up. */
interface Patience {
  /** The key that waits has ended. */
  readonly retired: Moment | undefined;
  readonly signal: CancelSignal;
  readonly wait: number;
}

/** Who waits for a name, the first first. */
export class WaitingLine {
  readonly #timers: Pick<Timers, "after">;
  readonly #waiting = new Map<string, Set<Waiter>>();

  constructor(timers: Pick<Timers, "after">) {
    this.#timers = timers;
  }

  /**
   * Waits until it is the caller's turn, and resolves with what `take` returns, which is called in
   * that very step; rejects with `CONFLICT` when the time is over.
   */
  join<T>(name: string, { retired, signal, wait }: Patience, take: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        line.delete(waiter);
        if (line.size === 0) this.#waiting.delete(name);
        stop();
        unlisten?.();
        signal.removeEventListener("abort", giveUp);
      };
      const refuse = (error: StrongroomError): void => {
        leave();
        reject(error);
      };
      const go = (): boolean => {
        leave();
        try {
          resolve(take());
          return true;
        } catch (error) {
          reject(error);
          return false;
        }
      };
      const giveUp = (): void => refuse(cancelled());
      const stop = this.#timers.after(wait, () => refuse(taken()));
      const unlisten = retired?.on(giveUp);
      const waiter: Waiter = { go, refuse };
      const line = this.#waiting.get(name) ?? new Set();
      line.add(waiter);
      this.#waiting.set(name, line);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** It is the turn of whoever waits longest. */
  next(name: string): void {
    for (const waiter of this.#waiting.get(name) ?? []) if (waiter.go()) return;
  }

  /** Refuses everybody. */
  fail(error: StrongroomError): void {
    for (const line of this.#waiting.values()) {
      for (const waiter of line) waiter.refuse(error);
    }
  }
}
