import { BY_ITSELF } from "../audit/of-commit.ts";
import type { Clock } from "../vault/clock.ts";
import { judgeRetention, outlived, Retention, RETENTION } from "../vault/retention.ts";
import type { VaultState } from "../vault/state.ts";
import type { Timers } from "./timers.ts";
import type { Writer } from "./writer.ts";

/** Names that are looked at together: the record of all of them stays below a turn's bytes. */
const NAMES = 1000;
/** At most so many bytes a name in such a record: the name and ten versions. */
const NAME_BYTES = 384;

/** Lets what is old go, through the queue like every other change. */
export class Retainer {
  readonly #state: VaultState;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #writer: Writer;
  readonly #retention: Retention;
  #stopped = false;
  readonly #signal = new AbortController().signal;

  constructor(state: VaultState, clock: Clock, timers: Timers, writer: Writer) {
    this.#state = state;
    this.#timers = timers;
    this.#clock = clock;
    this.#writer = writer;
    this.#retention = new Retention(clock);
  }

  /** Begins to look once an hour of running time; returns what ends it. */
  static start(...parts: ConstructorParameters<typeof Retainer>): () => void {
    const retainer = new Retainer(...parts);
    const [, , timers] = parts;
    const stopTicking = timers.every(RETENTION.tickMs, () => retainer.tick());
    return () => {
      stopTicking();
      retainer.stop();
    };
  }

  /** Called once an hour of running time. */
  tick(): void {
    const before = this.#retention.tick();
    if (before === undefined) return;
    this.#look(this.#state.names(), 0, before);
  }

  /** From now on nothing is submitted. */
  stop(): void {
    this.#stopped = true;
  }

  /** Looks at some names and lets others run before it looks at the next. */
  #look(names: readonly string[], from: number, before: number): void {
    if (this.#stopped) return;
    const until = from + NAMES;
    const old = names.slice(from, until).filter((name) => {
      const secret = this.#state.get(name);
      return secret !== undefined && outlived(name, secret, before) !== undefined;
    });
    if (old.length > 0) this.#submit(old, before);
    if (until < names.length) this.#timers.soon(() => this.#look(names, until, before));
  }

  #submit(names: readonly string[], before: number): void {
    this.#writer.submit({
      signal: this.#signal,
      since: this.#clock.monotonic(),
      bytes: names.length * NAME_BYTES,
      frees: true,
      fingerprint: undefined,
      seen: undefined,
      by: BY_ITSELF,
      admit: () => {},
      judge: (pending) => judgeRetention(pending, names, before),
      // Nobody waits: what could not go now goes at a later tick.
      answer: () => {},
      refuse: () => {},
    });
  }
}
