import type { Params, Result } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import { HANDLERS } from "../handlers/table.ts";
import type { Event } from "../audit/entry.ts";
import type { Gate } from "../authority/gate.ts";
import type { Provider } from "../oauth/provider.ts";
import type { Programs } from "../renewers/programs.ts";
import type { Leases } from "../lease/leases.ts";
import type { Log } from "../storage/log.ts";
import type { Clock } from "../vault/clock.ts";
import { systemClock } from "../vault/clock.ts";
import { Fingerprints } from "../vault/repeat.ts";
import type { VaultState } from "../vault/state.ts";
import { Compaction, replaced } from "./compaction.ts";
import { exclusively, giveBack, queued, recording, reservation } from "./admission.ts";
import { Fence } from "./fence.ts";
import { flown, isAloft, land } from "./flown.ts";
import type { Flown } from "./flown.ts";
import type { ControlHandler, Handler, HandlerTable, Services } from "./handler.ts";
import { KeyTurn, mayBeRenewed } from "./key-turn.ts";
import { leased } from "./lease-turn.ts";
import { ownChange } from "./own-change.ts";
import { outcomeUnknown, refusalOf, stopping } from "./refusal.ts";
import { Retainer } from "./retainer.ts";
import { Statistics } from "./statistics.ts";
import type { Timers } from "./timers.ts";
import { systemTimers } from "./timers.ts";
import type { Caller, CancelSignal, Turn, TurnMethod } from "./turn.ts";
import { written } from "./write-turn.ts";
import type { WriteTurnParts } from "./write-turn.ts";
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
  readonly leases: Leases;
  /** Whom refresh tokens are presented to. */
  readonly provider: Provider;
  /** What runs the programs that renew secrets. */
  readonly programs?: Pick<Programs, "run" | "has">;
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
  readonly #writing: WriteTurnParts;
  readonly #statistics = new Statistics();
  readonly #compaction = new Compaction();
  readonly #writer: Writer;
  readonly #keyTurn: KeyTurn;
  readonly #flown: Flown;
  readonly #stopRetaining: () => void;
  #refusal: StrongroomError | undefined;

  constructor(options: EngineOptions) {
    const { state, log, clock = systemClock, timers = systemTimers } = options;
    this.#options = options;
    this.#clock = clock;
    this.#fence = new Fence(log, clock);
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
    this.#writing = {
      writer: this.#writer,
      gate: options.gate,
      services: options.services,
      leases: options.leases,
      fingerprints: new Fingerprints(options.requestKey),
      since: () => clock.monotonic(),
    };
    this.#flown = flown({
      ...options,
      clock,
      timers,
      at: () => this.#at(),
      change: (own) => this.#queued(NEVER, (waiting, settle) => ownChange(own, waiting, settle)),
    });
    this.#keyTurn = new KeyTurn({
      ...this.#flown,
      leases: options.leases,
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
      const isKeys = caller.key !== undefined && handler.kind !== "write";
      const isRenewed = mayBeRenewed(handler, this.#options.state);
      if (isKeys || isRenewed || handler.kind === "verify" || handler.kind === "flight") {
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
        case "lease":
          return await leased(this.#options, { handler, params }, caller, () => this.#mayAnswer());
        case "write":
          return await written(this.#writing, { method, params, handler }, caller);
        case "control":
          return await this.#exclusive(caller.signal, () => this.#control(handler, params));
      }
    } catch (thrown) {
      throw this.#refused(thrown);
    }
  }

  /** What is waited for in this vault. */
  get flown(): Flown {
    return this.#flown;
  }

  /** From now on no refresh begins; resolves when those under way have landed, or were told to end. */
  land(): Promise<void> {
    this.#options.leases.close(stopping());
    return land(this.#flown);
  }

  /** Takes in nothing more, and resolves when all that was accepted is answered. */
  async drain(): Promise<void> {
    if (isAloft(this.#flown)) await this.land();
    else void this.land();
    this.#stopRetaining();
    this.#refusal ??= stopping();
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
