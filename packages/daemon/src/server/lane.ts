/** How a request stands to the others of its connection. */
export type LaneKind = "mutation" | "read";

interface Group {
  readonly kind: LaneKind;
  /** Settled when the group before is done; absent when it was done already. */
  readonly ready: Promise<void> | undefined;
  running: number;
  done: (() => void) | undefined;
}

/**
 * The order of one connection's requests: mutations in a row run together (the turn keeps
 * their order and puts them in one frame); a read runs alone, after all that came before it and
 * before all that comes after, so that pipelined requests see each other in order.
 */
export class Lane {
  #last: Group = { kind: "mutation", ready: undefined, running: 0, done: undefined };

  /** Runs the task when its turn has come, and settles as it does. */
  async run<T>(kind: LaneKind, task: () => Promise<T>): Promise<T> {
    const group = this.#join(kind);
    group.running += 1;
    try {
      if (group.ready !== undefined) await group.ready;
      return await task();
    } finally {
      group.running -= 1;
      if (group.running === 0) group.done?.();
    }
  }

  #join(kind: LaneKind): Group {
    const last = this.#last;
    if (kind === "mutation" && last.kind === "mutation") return last;
    const ready =
      last.running === 0
        ? undefined
        : new Promise<void>((resolve) => {
            last.done = resolve;
          });
    this.#last = { kind, ready, running: 0, done: undefined };
    return this.#last;
  }
}
