import { StrongroomError } from "@strongroom/client/protocol";

/** How long the end of a daemon waits for what is under way; milliseconds. */
const LANDING_MS = 10_000;

/**
 * One way to do something that must be done once however many ask; `signal`: it must end now;
 * `closing`: it is waited for a little, and nothing more may be begun that can be begun later.
 */
export type Fly = (signal: AbortSignal, closing: AbortSignal) => Promise<void>;

/**
 * Flights, at most one a key at a time: whoever asks for it while it is on its way shares it, with
 * its error. Those of different keys fly side by side.
 */
export class Flights {
  readonly #open = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();
  readonly #closing = new AbortController();

  /** No new one begins any more. */
  get isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Whether any is on its way. */
  get isAny(): boolean {
    return this.#open.size > 0;
  }

  /** The flight of a key that is on its way. */
  current(key: string): Promise<void> | undefined {
    return this.#open.get(key);
  }

  /** Joins the flight of a key, or begins it; rejects as it does, and with `CLOSING` at the end. */
  join(key: string, fly: Fly): Promise<void> {
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    if (this.isClosing) return Promise.reject(noMore());
    const flight = fly(this.#abort.signal, this.#closing.signal).finally(() =>
      this.#open.delete(key),
    );
    this.#open.set(key, flight);
    // It may be that nobody waits for it.
    flight.catch(() => undefined);
    return flight;
  }

  /**
   * From now on none begins. Resolves when all have landed; those that have not after 10 s are told
   * to end.
   */
  async close(pause: (ms: number, signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#closing.abort();
    if (this.#open.size === 0) return;
    const landed = Promise.allSettled(this.#open.values());
    const patience = new AbortController();
    await Promise.race([landed, pause(LANDING_MS, patience.signal)]);
    patience.abort();
    this.#abort.abort();
    await landed;
  }
}

/** The answer to whoever needs a flight of a daemon that ends. */
export function noMore(): StrongroomError {
  return new StrongroomError("CLOSING", "the daemon is stopping, and begins no refresh", {
    hint: "try again: the next request starts a new daemon",
  });
}
