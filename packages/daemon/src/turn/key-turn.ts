import type { Params, Result } from "@strongroom/client/protocol";
import type { Gate } from "../authority/gate.ts";
import { REQUIREMENTS } from "../authority/requirements.ts";
import type { Requirement } from "../authority/requirements.ts";
import { scopedView } from "../authority/scoped-view.ts";
import type { VaultView } from "../vault/state.ts";
import type { Need } from "./admission.ts";
import type { ControlHandler, ReadHandler, Services, VerifyHandler } from "./handler.ts";
import { Reservations } from "./reservations.ts";
import type { Caller, TurnMethod } from "./turn.ts";
import { VerifyTurn } from "./verify-turn.ts";

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
  readonly reserve: (need: Need) => Promise<void>;
}

/** All that API keys ask, or is asked of them, but changes, which are judged where they are made. */
export class KeyTurn {
  readonly #parts: KeyTurnParts;
  readonly #reservations: Reservations;
  readonly #verifying: VerifyTurn;

  constructor(parts: KeyTurnParts) {
    this.#parts = parts;
    this.#reservations = new Reservations(parts);
    this.#verifying = new VerifyTurn(parts, this.#reservations);
  }

  /** Rejects with `DENIED`, `RATE_LIMITED`, `QUOTA_EXCEEDED`, or what the handler throws. */
  async execute<M extends TurnMethod>(
    caller: Caller,
    request: {
      readonly method: M;
      readonly params: Params<M>;
      readonly handler: ControlHandler<M> | ReadHandler<M> | VerifyHandler<M>;
    },
  ): Promise<Result<M>> {
    const { handler, method, params } = request;
    const { key: id = "" } = caller;
    if (handler.kind === "verify") {
      return await this.#verifying.execute(caller, { method, params, handler });
    }
    if (handler.kind === "read") return await this.#read(id, { method, params, handler });
    const { at, control, gate, services, state } = this.#parts;
    gate.check(state.keys, id, { method, params, least: at() });
    if (method !== "vault/status") return await control(handler, params);
    const { state: current, protocol } = services.figures();
    // All else about the daemon is its owner's.
    const status: unknown = { state: current, protocol, revision: state.counters.revision };
    return status as Result<M>;
  }

  /**
   * Judges and reads in one synchronous step. Where the key has a quota, what is used of it is
   * durable before that step.
   */
  async #read<M extends TurnMethod>(
    id: string,
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
      if (record.quota !== undefined && !gate.grants.take(id)) {
        await this.#reservations.made({ id, need: 1 });
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
}
