import type { Clock } from "../vault/clock.ts";
import { judgeRetention, outlived, Retention } from "../vault/retention.ts";
import type { VaultState } from "../vault/state.ts";
import type { Writer } from "./writer.ts";

/** Names that one internal mutation looks at: its record stays below a turn's bytes. */
const NAMES = 1000;
/** At most so many bytes a name in such a record: the name and ten versions. */
const NAME_BYTES = 384;

/** Lets what is old go, through the queue like every other change. */
export class Retainer {
  readonly #state: VaultState;
  readonly #clock: Clock;
  readonly #writer: Writer;
  readonly #retention: Retention;
  readonly #signal = new AbortController().signal;

  constructor(state: VaultState, clock: Clock, writer: Writer) {
    this.#state = state;
    this.#clock = clock;
    this.#writer = writer;
    this.#retention = new Retention(clock);
  }

  /** Called once an hour of running time. */
  tick(): void {
    const before = this.#retention.tick();
    if (before === undefined) return;
    const old = this.#state.names().filter((name) => {
      const secret = this.#state.get(name);
      return secret !== undefined && outlived(name, secret, before) !== undefined;
    });
    for (let from = 0; from < old.length; from += NAMES) {
      this.#submit(old.slice(from, from + NAMES), before);
    }
  }

  #submit(names: readonly string[], before: number): void {
    this.#writer.submit({
      signal: this.#signal,
      since: this.#clock.monotonic(),
      bytes: names.length * NAME_BYTES,
      frees: true,
      fingerprint: undefined,
      seen: undefined,
      judge: (pending) => judgeRetention(pending, names, before),
      // Nobody waits: what could not go now goes at a later tick.
      answer: () => {},
      refuse: () => {},
    });
  }
}
