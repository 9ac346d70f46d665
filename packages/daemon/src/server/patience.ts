/** Something that must not stay as it is for long. */
export interface Limit<Name extends string> {
  readonly name: Name;
  readonly ms: number;
  /** Changes with progress; `undefined` while there is nothing to wait for. */
  readonly progress: () => number | undefined;
}

interface Watched<Name extends string> {
  readonly limit: Limit<Name>;
  readonly ticks: number;
  seen: number | undefined;
  count: number;
}

/** Milliseconds between two ticks. */
export const TICK_MS = 250;

/**
 * Counts ticks without progress rather than hours: a process that was stopped for a minute saw
 * one tick, and nobody is dropped for the time in which nobody was served.
 */
export class Patience<Name extends string> {
  readonly #watched: readonly Watched<Name>[];

  constructor(limits: readonly Limit<Name>[]) {
    this.#watched = limits.map((limit) => ({
      limit,
      ticks: Math.ceil(limit.ms / TICK_MS) + 1, // the first tick may come at once
      seen: undefined,
      count: 0,
    }));
  }

  /** One tick has passed. */
  tick(): void {
    for (const watched of this.#watched) {
      this.#look(watched);
      watched.count += 1;
    }
  }

  /** The limit that was passed, judged by how things stand now. */
  spent(): Name | undefined {
    for (const watched of this.#watched) {
      this.#look(watched);
      if (watched.count >= watched.ticks) return watched.limit.name;
    }
    return undefined;
  }

  #look(watched: Watched<Name>): void {
    const now = watched.limit.progress();
    if (now === undefined || now !== watched.seen) watched.count = 0;
    watched.seen = now;
  }
}
