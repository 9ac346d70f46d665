import type { Params, Result } from "@strongroom/client/protocol";
import type { Gate } from "../authority/gate.ts";
import { REQUIREMENTS } from "../authority/requirements.ts";
import type { Requirement } from "../authority/requirements.ts";
import { scopedView } from "../authority/scoped-view.ts";
import { statusForKey } from "../handlers/status.ts";
import type { VaultView } from "../vault/state.ts";
import { cancelled } from "./refusal.ts";
import type { ControlHandler, ReadHandler, Services } from "./handler.ts";
import type { CancelSignal, TurnMethod } from "./turn.ts";

/** What the requests of API keys need of the turn. */
export interface KeyTurnParts {
  readonly gate: Gate;
  readonly state: VaultView;
  readonly services: Pick<Services, "figures">;
  /** Runs a method that is about the daemon as a whole. */
  readonly control: <M extends TurnMethod>(
    handler: ControlHandler<M>,
    params: Params<M>,
  ) => Promise<Result<M>>;
  /** Called before each judgement; throws when nothing may be answered. */
  readonly check: () => void;
  /** The effective time, milliseconds since 1970. */
  readonly at: () => number;
  /** Journals some of a key's quota as used; resolves when that is durable. */
  readonly reserve: (id: string) => Promise<void>;
}

/** All that API keys ask but changes, which are judged where they are made. */
export class KeyTurn {
  readonly #parts: KeyTurnParts;
  readonly #reserving = new Map<string, Promise<void>>();

  constructor(parts: KeyTurnParts) {
    this.#parts = parts;
  }

  /** Rejects with `DENIED`, `RATE_LIMITED`, `QUOTA_EXCEEDED`, or what the handler throws. */
  async execute<M extends TurnMethod>(
    id: string,
    signal: CancelSignal,
    request: {
      readonly method: M;
      readonly params: Params<M>;
      readonly handler: ControlHandler<M> | ReadHandler<M>;
    },
  ): Promise<Result<M>> {
    const { handler, method, params } = request;
    if (handler.kind === "read") return await this.#read(id, signal, { method, params, handler });
    const { at, control, gate, services, state } = this.#parts;
    gate.check(state.keys, id, { method, params, least: at() });
    if (method !== "vault/status") return await control(handler, params);
    return statusForKey(services.figures(), state.counters.revision);
  }

  /**
   * Judges and reads in one synchronous step. Where the key has a quota, what is used of it is
   * durable before that step.
   */
  async #read<M extends TurnMethod>(
    id: string,
    signal: CancelSignal,
    request: {
      readonly method: M;
      readonly params: Params<M>;
      readonly handler: ReadHandler<M>;
    },
  ): Promise<Result<M>> {
    const { at, check, gate, state } = this.#parts;
    const { handler, method, params } = request;
    for (;;) {
      check();
      const least = at();
      const record = gate.check(state.keys, id, { method, params, least });
      if (record.quota !== undefined && !gate.grants.take(record)) {
        await this.#reserved(id);
        if (signal.aborted) throw cancelled();
        continue;
      }
      try {
        gate.admit(state.keys, id, { method, params, least });
      } catch (error) {
        if (record.quota !== undefined) gate.grants.add(id, 1);
        throw error;
      }
      const requirement: Requirement<M> = REQUIREMENTS[method];
      const view =
        typeof requirement === "object" ? scopedView(state, record, requirement.visible) : state;
      return handler.run(view, params, least);
    }
  }

  /** All that wait for the same quota share one reservation, which is none of theirs to take back. */
  async #reserved(id: string): Promise<void> {
    let reserving = this.#reserving.get(id);
    if (reserving === undefined) {
      reserving = this.#parts.reserve(id).finally(() => this.#reserving.delete(id));
      this.#reserving.set(id, reserving);
    }
    await reserving;
  }
}
