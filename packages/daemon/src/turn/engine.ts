import type { Params, Repeatable, Result } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import { HANDLERS } from "../handlers/table.ts";
import type { Event } from "../audit/entry.ts";
import { byOf } from "../audit/subjects.ts";
import type { Gate } from "../authority/gate.ts";
import { KEY_RECORD_BYTES } from "../handlers/keys.ts";
import type { Log } from "../storage/log.ts";
import type { Clock } from "../vault/clock.ts";
import { systemClock } from "../vault/clock.ts";
import { Fingerprints } from "../vault/repeat.ts";
import type { Pending } from "../vault/pending.ts";
import type { VaultState } from "../vault/state.ts";
import { Compaction, replaced } from "./compaction.ts";
import {
  exclusively,
  giveBack,
  givenTo,
  queued,
  judgedBy,
  recording,
  reservation,
} from "./admission.ts";
import { Fence } from "./fence.ts";
import type { ControlHandler, Handler, HandlerTable, Services, WriteHandler } from "./handler.ts";
import { KeyTurn } from "./key-turn.ts";
import { outcomeUnknown, refusalOf, tooLarge } from "./refusal.ts";
import { Retainer } from "./retainer.ts";
import { Statistics } from "./statistics.ts";
import type { Timers } from "./timers.ts";
import { systemTimers } from "./timers.ts";
import type { Caller, CancelSignal, Turn, TurnMethod } from "./turn.ts";
import { TURN } from "./mutation.ts";
import { Writer } from "./writer.ts";

/** What an engine is made of. */
export interface EngineOptions {
  /** The vault as `log` was replayed into it. */
  readonly state: VaultState;
  readonly log: Log;
  /** 32 bytes of the vault that request ids are hashed with. */
  readonly requestKey: Uint8Array;
  readonly services: Services;
  readonly gate: Gate;
  /** Called once when the log can no longer be trusted: the daemon must end with status 74. */
  readonly onPoisoned: (error: StrongroomError) => void;
  /** Told of faults of ours, for the log; never holds a value. */
  readonly onFault?: (error: StrongroomError) => void;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

const NEVER = new AbortController().signal;

/** The turn over a vault that is open: every method of every connection passes through here. */
export class Engine implements Turn {
  readonly #options: EngineOptions;
  readonly #clock: Clock;
  readonly #fence: Fence;
  readonly #fingerprints: Fingerprints;
  readonly #statistics = new Statistics();
  readonly #compaction = new Compaction();
  readonly #writer: Writer;
  readonly #keyTurn: KeyTurn;
  readonly #stopRetaining: () => void;
  #refusal: StrongroomError | undefined;

  constructor(options: EngineOptions) {
    const { state, log, clock = systemClock, timers = systemTimers } = options;
    this.#options = options;
    this.#clock = clock;
    this.#fence = new Fence(log, clock);
    this.#fingerprints = new Fingerprints(options.requestKey);
    this.#writer = new Writer({
      state,
      log,
      clock,
      timers,
      fence: this.#fence,
      statistics: this.#statistics,
      onPoisoned: (error) => {
        this.#refusal = error;
        options.onPoisoned(error);
      },
      onTurn: () => this.#compactWhenDue(),
    });
    this.#keyTurn = new KeyTurn({
      gate: options.gate,
      services: options.services,
      state,
      control: (handler, params) => this.#control(handler, params),
      check: () => this.#mayAnswer(),
      at: () => this.#at(),
      reserve: (need) =>
        this.#queued(NEVER, (waiting, settle) => reservation(options.gate, need, waiting, settle)),
    });
    this.#stopRetaining = Retainer.start(state, clock, timers, this.#writer);
  }

  /** How many requests wait for their turn. */
  get waiting(): number {
    return this.#writer.waiting;
  }

  async execute<M extends TurnMethod>(
    method: M,
    params: Params<M>,
    caller: Caller,
  ): Promise<Result<M>> {
    const table: HandlerTable = HANDLERS;
    const handler: Handler<M> = table[method];
    try {
      if (handler.kind === "verify" || (caller.key !== undefined && handler.kind !== "write")) {
        return await this.#keyTurn.execute(caller, { method, params, handler });
      }
      // Who asks for the state of a vault that refuses everything, or wants it to stop, may.
      if (handler.kind === "control" && !handler.exclusive)
        return await this.#control(handler, params);
      this.#mayAnswer();
      if (handler.kind !== "write")
        this.#options.gate.admitOwner(this.#options.state.counters, caller.provedAt);
      switch (handler.kind) {
        case "read":
          return handler.run(this.#options.state, params, this.#at());
        case "write":
          return await this.#write(method, handler, params, caller);
        case "control":
          return await this.#exclusive(caller.signal, () => this.#control(handler, params));
      }
    } catch (thrown) {
      throw this.#refused(thrown);
    }
  }

  /** Takes in nothing more, and resolves when all that was accepted is answered. */
  async drain(): Promise<void> {
    this.#stopRetaining();
    this.#refusal ??= new StrongroomError("CLOSING", "the daemon is stopping", {
      hint: "try again: the next request starts a new daemon",
    });
    await this.#writer.idle();
    giveBack(this.#options.gate, this.#writer, this.#clock.monotonic());
    await this.#writer.idle();
  }

  /** Puts events into the next frame; resolves when they are durable. */
  record(events: readonly Event[], signal: CancelSignal = NEVER): Promise<void> {
    return this.#queued(signal, (waiting, settle) => recording(events, waiting, settle));
  }

  #at(): number {
    return Math.max(this.#clock.now(), this.#options.state.counters.maxTime);
  }

  #mayAnswer(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
    this.#checkFence();
  }

  #queued(signal: CancelSignal, change: Parameters<typeof queued>[2]): Promise<void> {
    return queued(this.#writer, { since: this.#clock.monotonic(), signal }, change);
  }

  #checkFence(): void {
    try {
      this.#fence.check();
    } catch (thrown) {
      const error = outcomeUnknown(thrown);
      this.#writer.doubt(error);
      throw error;
    }
  }

  #control<M extends TurnMethod>(
    handler: ControlHandler<M>,
    params: Params<M>,
  ): Promise<Result<M>> {
    const { gate, log, requestKey, services, state } = this.#options;
    const statistics = this.#statistics;
    return handler.run(
      { gate, state, log, services, statistics, requestKey, waiting: this.waiting },
      params,
    );
  }

  #write<M extends TurnMethod>(
    method: M,
    handler: WriteHandler<M>,
    params: Params<M>,
    caller: Caller,
  ): Promise<Result<M>> {
    const bytes = handler.bytes(params) + (caller.key === undefined ? 0 : KEY_RECORD_BYTES);
    if (bytes > TURN.frameBytes) throw tooLarge(bytes, TURN.frameBytes);
    const repeatable = params as Repeatable;
    const { gate, services } = this.#options;
    const given = givenTo(method, params, gate, caller);
    const judge = (pending: Pending): readonly number[] => handler.judge(pending, given);
    const judged = judgedBy(gate, caller, method, params, judge);
    return new Promise<Result<M>>((resolve, reject) => {
      this.#writer.submit({
        signal: caller.signal,
        since: this.#clock.monotonic(),
        bytes,
        frees: handler.frees(params),
        fingerprint: this.#fingerprints.of(caller.actor, method, repeatable),
        seen: repeatable.seen,
        by: byOf(method, caller),
        admit: judged.admit,
        judge: judged.judge,
        answer: (numbers, revision) => {
          handler.durable?.(gate);
          for (const id of handler.ends?.(given, numbers) ?? []) services.endSessions(id);
          resolve(handler.result(given, numbers, revision));
        },
        refuse: reject,
      });
    });
  }

  /** Runs work in the queue, with no frame in flight. */
  #exclusive<T>(signal: CancelSignal, work: () => Promise<T>): Promise<T> {
    const waiting = { signal, since: this.#clock.monotonic() };
    return exclusively(this.#writer, waiting, async () => {
      const result = await work();
      this.#checkFence();
      return result;
    });
  }

  #compactWhenDue(): void {
    const { log, state } = this.#options;
    if (!this.#compaction.begin(log.sizes(), state.audit.tailBytes)) return;
    this.#exclusive(NEVER, () => replaced(log, state)).then(
      () => this.#compaction.ended(),
      (thrown) => {
        this.#compaction.ended(log.sizes().journalBytes);
        this.#refused(thrown);
      },
    );
  }

  #refused(thrown: unknown): StrongroomError {
    const error = refusalOf(thrown);
    this.#statistics.refused(error.code);
    if (error.code === "INTERNAL") this.#options.onFault?.(error);
    return error;
  }
}
