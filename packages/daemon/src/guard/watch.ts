/** What the watch looks after; each is cheap and synchronous but the two that mend. */
export interface Watched {
  /** Throws when this process is no longer the one that may write. */
  readonly mayWrite: () => void;
  /** What must be reachable under its name, and how it is published anew. */
  readonly published: readonly {
    readonly isOurs: () => boolean;
    readonly publish: () => Promise<void>;
  }[];
  /** Called once, with the reason, when `mayWrite` threw. */
  readonly lost: (reason: unknown) => void;
  /** Called when something could not be published; it is tried again at the next look. */
  readonly unpublished: (error: unknown) => void;
}

/**
 * Looks every few seconds, and when asked, whether all that makes us the daemon still stands:
 * publishes anew what clients need to find us, and reports when the rest is no longer ours.
 */
export class Watch {
  readonly #watched: Watched;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  #stopped = false;

  constructor(watched: Watched, everyMs: number) {
    this.#watched = watched;
    this.#timer = setInterval(() => void this.look(), everyMs);
    this.#timer.unref();
  }

  /** Looks now. Joined with a look that goes on already; never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Ends the watch; resolves when no look goes on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #lookOnce(): Promise<void> {
    if (this.#stopped) return;
    try {
      this.#watched.mayWrite();
    } catch (error) {
      this.#stopped = true;
      this.#watched.lost(error);
      return;
    }
    for (const { isOurs, publish } of this.#watched.published) {
      if (this.#stopped) return;
      try {
        // In order: the record names the socket, so that comes first.
        if (!isOurs()) await publish();
      } catch (error) {
        this.#watched.unpublished(error);
      }
    }
  }
}
