import type { Line } from "./line.ts";
import { tooManyHeld } from "./refusals.ts";

/** What each connection holds: all of it ends with the connection. */
export class LineShares {
  readonly #most: number;
  readonly #shares = new Map<Line, Set<() => void>>();

  /** `most`: so many on one connection. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Throws `TOO_LARGE` when a connection holds as many as it may. */
  checkRoom(line: Line | undefined): void {
    if (line !== undefined && (this.#shares.get(line)?.size ?? 0) >= this.#most)
      throw tooManyHeld();
  }

  /** Calls `end` when the connection, or its key, ends, unless the returned function is called before. */
  take(line: Line | undefined, end: () => void): () => void {
    if (line === undefined) return () => {};
    const share = this.#shares.get(line) ?? this.#open(line);
    share.add(end);
    return () => void share.delete(end);
  }

  #open(line: Line): Set<() => void> {
    const share = new Set<() => void>();
    this.#shares.set(line, share);
    const give = (): void => {
      this.#shares.delete(line);
      for (const end of share) end();
    };
    line.end.on(give);
    line.retired.on(give);
    return share;
  }
}
