import { StrongroomError } from "@strongroom/client/protocol";
import type { Params, Result } from "@strongroom/client/protocol";
import { notVerified } from "../authority/refusal.ts";
import { scopeOf } from "../authority/scope.ts";
import type { KeyRecord } from "../vault/key-record.ts";
import type { VerifyHandler } from "./handler.ts";
import type { KeyTurnParts } from "./key-turn.ts";
import type { Reservations } from "./reservations.ts";
import type { Caller, TurnMethod } from "./turn.ts";

/** What services ask about the keys that were presented to them. */
export class VerifyTurn {
  readonly #parts: KeyTurnParts;
  readonly #reservations: Reservations;

  constructor(parts: KeyTurnParts, reservations: Reservations) {
    this.#parts = parts;
    this.#reservations = reservations;
  }

  /**
   * Judges who asks and the key that was presented, and uses the latter's rate and quota, in one
   * synchronous step. What is used of a quota is durable before that step. The question counts
   * once for who asks, before anything is said of the key: else who may ask no more would learn
   * by the refusal what it is.
   */
  async execute<M extends TurnMethod>(
    { key, provedAt, session }: Caller,
    request: {
      readonly method: M;
      readonly params: Params<M>;
      readonly handler: VerifyHandler<M>;
    },
  ): Promise<Result<M>> {
    const { at, check, gate, state } = this.#parts;
    const { handler, method, params } = request;
    const who = key === undefined ? undefined : { key, session };
    for (let isCounted = false; ;) {
      check();
      const least = at();
      const asked = { method, params, least };
      if (who === undefined) gate.admitOwner(state.counters, provedAt);
      const asker = who && gate.check(state.keys, who, asked);
      if (who !== undefined && asker !== undefined && !isCounted) {
        if (this.#isShort(asker, 1)) {
          await this.#reservations.made({ id: asker.id, need: 1 });
          continue;
        }
        gate.admit(state.keys, who, asked);
        if (asker.quota !== undefined) gate.grants.take(asker);
        isCounted = true;
      }
      const scope = asker && scopeOf(asker, session);
      const { cost, record } = handler.judge(gate, state, params, { asker: scope, least });
      if (this.#isShort(record, cost)) await this.#reserved(record, cost);
      else {
        gate.use(record, cost);
        return handler.result(record, gate.grants.held(record.id), state.counters.revision);
      }
    }
  }

  #isShort(record: KeyRecord, count: number): boolean {
    return record.quota !== undefined && this.#parts.gate.grants.left(record) < count;
  }

  /** That a quota was used up meanwhile is no other answer. */
  async #reserved(record: KeyRecord, cost: number): Promise<void> {
    const need = cost - this.#parts.gate.grants.left(record);
    try {
      await this.#reservations.made({ id: record.id, need });
    } catch (error) {
      if (error instanceof StrongroomError && error.code === "QUOTA_EXCEEDED") throw notVerified();
      throw error;
    }
  }
}
