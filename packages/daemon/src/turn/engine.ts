import type { Params, Repeatable, Result } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import { HANDLERS } from "../handlers/table.ts";
import type { Log } from "../storage/log.ts";
import type { Clock } from "../vault/clock.ts";
import { systemClock } from "../vault/clock.ts";
import { Fingerprints } from "../vault/repeat.ts";
import { RETENTION } from "../vault/retention.ts";
import type { VaultState } from "../vault/state.ts";
import { Compaction, replaced } from "./compaction.ts";
import { Fence } from "./fence.ts";
import type { ControlHandler, HandlerTable, Services, WriteHandler } from "./handler.ts";
import { outcomeUnknown, refusalOf } from "./refusal.ts";
import { Retainer } from "./retainer.ts";
import { Statistics } from "./statistics.ts";
import type { Timers } from "./timers.ts";
import { systemTimers } from "./timers.ts";
import type { Caller, CancelSignal, Turn, TurnMethod } from "./turn.ts";
import { TURN, Writer } from "./writer.ts";

/** What an engine is made of. */
export interface EngineOptions {
  /** The vault as `log` was replayed into it. */
  readonly state: VaultState;
  readonly log: Log;
  /** 32 bytes of the vault that request ids are hashed with. */
  readonly requestKey: Uint8Array;
  readonly services: Services;
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
    const retainer = new Retainer(state, clock, timers, this.#writer);
    const stopTicking = timers.every(RETENTION.tickMs, () => retainer.tick());
    this.#stopRetaining = () => {
      stopTicking();
      retainer.stop();
    };
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
    const handler = table[method];
    try {
      // Who asks for the state of a vault that refuses everything, or wants it to stop, may.
      if (handler.kind === "control" && !handler.exclusive)
        return await this.#control(handler, params);
      if (this.#refusal !== undefined) throw this.#refusal;
      this.#checkFence();
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
  }

  #at(): number {
    return Math.max(this.#clock.now(), this.#options.state.counters.maxTime);
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
    const { state, log, services, requestKey } = this.#options;
    const statistics = this.#statistics;
    return handler.run(
      { state, log, services, statistics, requestKey, waiting: this.waiting },
      params,
    );
  }

  #write<M extends TurnMethod>(
    method: M,
    handler: WriteHandler<M>,
    params: Params<M>,
    caller: Caller,
  ): Promise<Result<M>> {
    const bytes = handler.bytes(params);
    if (bytes > TURN.frameBytes) {
      throw new StrongroomError(
        "TOO_LARGE",
        `a change may take ${TURN.frameBytes} bytes; this one may take ${bytes}`,
        { hint: "split it into several requests" },
      );
    }
    const repeatable = params as Repeatable;
    return new Promise<Result<M>>((resolve, reject) => {
      this.#writer.submit({
        signal: caller.signal,
        since: this.#clock.monotonic(),
        bytes,
        frees: handler.frees(params),
        fingerprint: this.#fingerprints.of(caller.actor, method, repeatable),
        seen: repeatable.seen,
        judge: (pending) => handler.judge(pending, params),
        answer: (numbers, revision) => resolve(handler.result(params, numbers, revision)),
        refuse: reject,
      });
    });
  }

  /** Runs work in the queue, with no frame in flight. */
  #exclusive<T>(signal: CancelSignal, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = async (): Promise<void> => {
        try {
          const result = await work();
          this.#checkFence();
          resolve(result);
        } catch (thrown) {
          const error = refusalOf(thrown);
          this.#writer.doubt(error);
          reject(error);
        }
      };
      this.#writer.submit({ signal, since: this.#clock.monotonic(), run, refuse: reject });
    });
  }

  #compactWhenDue(): void {
    const { log, state } = this.#options;
    if (!this.#compaction.begin(log.sizes())) return;
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
