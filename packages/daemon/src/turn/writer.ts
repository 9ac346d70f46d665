import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Log } from "../storage/log.ts";
import type { Clock } from "../vault/clock.ts";
import { writeEventRecord } from "../vault/frame-records.ts";
import { Pending } from "../vault/pending.ts";
import { repeated } from "../vault/repeat.ts";
import type { VaultState } from "../vault/state.ts";
import { ByteWriter } from "../vault/writer.ts";
import type { Fence } from "./fence.ts";
import { TURN } from "./mutation.ts";
import type { Exclusive, Mutation } from "./mutation.ts";
import { Phase } from "./phase.ts";
import { Queue } from "./queue.ts";
import { outcomeUnknown, refusalOf } from "./refusal.ts";
import type { Statistics } from "./statistics.ts";
import { SyncVigil } from "./sync-vigil.ts";
import type { Timers } from "./timers.ts";

/** What the writer is made of. */
export interface WriterOptions {
  readonly state: VaultState;
  readonly log: Log;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly fence: Fence;
  readonly statistics: Statistics;
  /** Called once when the log can no longer be trusted. */
  readonly onPoisoned: (error: StrongroomError) => void;
  /** Called after every turn, when nothing is in flight. */
  readonly onTurn: () => void;
}

interface Judged {
  readonly mutation: Mutation;
  readonly numbers?: readonly number[];
  readonly revision?: number;
  readonly error?: StrongroomError;
}

/** The one place where the vault changes: gather, judge, frame, append, publish, reply. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #queue = new Queue<Exclusive | Mutation>(LIMITS.queueDepth, TURN.waitMs);
  readonly #frame = new ByteWriter(65_536);
  readonly #phase: Phase;
  readonly #vigil = new SyncVigil();
  #running: Promise<void> | undefined;
  #poison: StrongroomError | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#phase = new Phase(options.timers, options.clock);
  }

  /** How many requests wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Queues work; it is answered or refused, once. */
  submit(entry: Exclusive | Mutation): void {
    if (this.#poison !== undefined) return entry.refuse(this.#poison);
    if (!this.#queue.push(entry, this.#retryAfterMs())) return;
    this.#running ??= this.#run();
    this.#phase.came(this.#queue.size);
  }

  /** Resolves when nothing waits and nothing is in flight. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Poisons when the error says that nobody knows what stands. */
  doubt(error: StrongroomError): void {
    if (error.code === "DURABILITY_UNKNOWN") this.#fail(error);
  }

  /** From now on everything is refused with this error. */
  #fail(error: StrongroomError): void {
    if (this.#poison !== undefined) return;
    this.#poison = error;
    this.#options.onPoisoned(error);
    this.#queue.fail(error);
  }

  async #run(): Promise<void> {
    const { log, timers, clock } = this.#options;
    const stop = timers.every(1000, () =>
      this.#queue.expire(clock.monotonic(), this.#retryAfterMs()),
    );
    try {
      for (let replied = false; ;) {
        // Whatever arrives until then shares the frame; and the replies of the last one are out.
        await new Promise<void>((resolve) => timers.soon(resolve));
        if (replied && this.#poison === undefined) log.mark();
        if (this.#queue.size === 0) break;
        await this.#phase.met(this.#queue.size);
        replied = await this.#turn();
        if (this.#poison === undefined) this.#options.onTurn();
      }
    } catch (error) {
      this.#fail(outcomeUnknown(error));
    }
    stop();
    this.#running = undefined;
  }

  async #turn(): Promise<boolean> {
    const mutations: Mutation[] = [];
    let bytes = 0;
    this.#queue.expire(this.#options.clock.monotonic(), this.#retryAfterMs());
    for (const entry of this.#queue) {
      if ("run" in entry) {
        if (mutations.length > 0) break;
        this.#queue.remove(entry);
        await entry.run();
        return false;
      }
      bytes += entry.bytes;
      if (mutations.length > 0 && bytes > TURN.bytes) break;
      this.#queue.remove(entry);
      mutations.push(entry);
      if (mutations.length === TURN.mutations) break;
    }
    return await this.#commit(mutations);
  }

  async #commit(mutations: readonly Mutation[]): Promise<boolean> {
    const { state, log, clock, fence, statistics } = this.#options;
    const pending = new Pending(state);
    this.#frame.clear();
    const judged = this.#judge(mutations, pending);
    if (pending.records === 0) {
      this.#phase.ended(mutations.length + this.#queue.size, 0);
      return false;
    }
    const started = clock.monotonic();
    const reserve = judged.every(({ mutation, error }) => mutation.frees || error !== undefined);
    this.#vigil.began(mutations.length);
    try {
      await log.append(this.#frame.view(), { reserve });
      fence.appended();
      pending.publish();
    } catch (error) {
      return await this.#failed(judged, reserve, outcomeUnknown(error));
    }
    const took = clock.monotonic() - started;
    this.#vigil.ended(took);
    statistics.appended(pending.records, took);
    this.#phase.ended(mutations.length + this.#queue.size, took);
    for (const each of judged) reply(each);
    return true;
  }

  /** Judges in order; returns what must wait for the frame, and answers the rest at once. */
  #judge(mutations: readonly Mutation[], pending: Pending): Judged[] {
    const judged: Judged[] = [];
    const now = this.#options.clock.now();
    for (const mutation of mutations) {
      const outcome = this.#judgeOne(mutation, pending, pending.accepted ?? now);
      // What was judged against pending changes must not be known before they are durable.
      if (pending.records > 0) judged.push(outcome);
      else this.#replyNow(outcome);
    }
    return judged;
  }

  #judgeOne(mutation: Mutation, pending: Pending, now: number): Judged {
    const { fingerprint, seen } = mutation;
    try {
      mutation.admit(pending, now);
      const known = fingerprint && repeated(pending, fingerprint, seen, pending.effective(now));
      if (known !== undefined)
        return { mutation, numbers: known.numbers, revision: known.revision };
      const { numbers, commit } = pending.judge(now, () => mutation.judge(pending), fingerprint);
      if (commit !== undefined) pending.audit.commit(this.#frame, commit, mutation.by);
      for (const noted of mutation.events ?? []) {
        // Noted by a clock that its owner has set back since: it must not bring that time again.
        const event = { ...noted, time: Math.min(noted.time, pending.effective(now)) };
        writeEventRecord(this.#frame, event);
        pending.happened(event);
      }
      return { mutation, numbers, revision: pending.revision };
    } catch (error) {
      return { mutation, error: refusalOf(error) };
    }
  }

  #replyNow(judged: Judged): void {
    try {
      this.#options.fence.check();
    } catch (thrown) {
      const unknown = outcomeUnknown(thrown);
      this.doubt(unknown);
      return judged.mutation.refuse(unknown);
    }
    reply(judged);
  }

  async #failed(
    judged: readonly Judged[],
    reserve: boolean,
    error: StrongroomError,
  ): Promise<boolean> {
    this.doubt(error);
    // A full disk must not keep a delete from its reserve because a set shared its frame.
    const again = error.code === "DISK_FULL" && !reserve;
    for (const { mutation } of judged) if (!again || !mutation.frees) mutation.refuse(error);
    const freeing = judged.map(({ mutation }) => mutation).filter(({ frees }) => frees);
    return again && freeing.length > 0 ? await this.#commit(freeing) : false;
  }

  #retryAfterMs(): number {
    return this.#options.statistics.retryAfterMs(this.#queue.size, TURN.mutations);
  }
}

function reply({ mutation, error, numbers = [], revision = 0 }: Judged): void {
  if (error === undefined) mutation.answer(numbers, revision);
  else mutation.refuse(error);
}
