import type { Params, Result } from "@strongroom/client/protocol";
import type { Gate, Who } from "../authority/gate.ts";
import { REQUIREMENTS } from "../authority/requirements.ts";
import { scopeOf } from "../authority/scope.ts";
import type { Scope } from "../authority/scope.ts";
import { scopedView } from "../authority/scoped-view.ts";
import { statusForKey } from "../handlers/status.ts";
import { withParent } from "../handlers/session-issue.ts";
import type { Leases } from "../lease/leases.ts";
import type { Credentials } from "../oauth/credentials.ts";
import { renewedRead } from "../renewers/renewed-read.ts";
import type { Renewals } from "../renewers/renewals.ts";
import type { Clipboards } from "../clipboard/clipboards.ts";
import type { Watches } from "../feed/watches.ts";
import type { KeyRecord } from "../vault/key-record.ts";
import type { VaultView } from "../vault/state.ts";
import type { Need } from "./admission.ts";
import { FlightTurn } from "./flight-turn.ts";
import type {
  ControlHandler,
  FlightHandler,
  Handler,
  LeaseHandler,
  ReadHandler,
  Renewed,
  Services,
  VerifyHandler,
} from "./handler.ts";
import { leased } from "./lease-turn.ts";
import { cancelled } from "./refusal.ts";
import { Reservations } from "./reservations.ts";
import type { Caller, TurnMethod } from "./turn.ts";
import { VerifyTurn } from "./verify-turn.ts";

/** What the requests of API keys need of the turn. */
export interface KeyTurnParts {
  readonly gate: Gate;
  readonly state: VaultView;
  readonly services: Pick<Services, "figures" | "logins" | "refusal">;
  readonly credentials: Credentials;
  readonly renewals: Renewals;
  readonly watches: Watches;
  readonly clipboards: Clipboards;
  readonly leases: Leases;
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

/**
 * All that API keys ask, or is asked of them, and what may have to wait for a flight; but no
 * changes, which are judged where they are made.
 */
export class KeyTurn {
  readonly #parts: KeyTurnParts;
  readonly #reservations: Reservations;
  readonly #verifying: VerifyTurn;
  readonly #flying: FlightTurn;

  constructor(parts: KeyTurnParts) {
    this.#parts = parts;
    this.#reservations = new Reservations(parts);
    this.#verifying = new VerifyTurn(parts, this.#reservations);
    const viewOf = (method: TurnMethod, who: Who | undefined): VaultView =>
      this.#viewOf(method, who);
    this.#flying = new FlightTurn({ ...parts, viewOf }, this.#reservations);
  }

  /** Rejects with `DENIED`, `RATE_LIMITED`, `QUOTA_EXCEEDED`, or what the handler throws. */
  async execute<M extends TurnMethod>(
    caller: Caller,
    request: {
      readonly method: M;
      readonly params: Params<M>;
      readonly handler:
        | ControlHandler<M>
        | FlightHandler<M>
        | LeaseHandler<M>
        | ReadHandler<M>
        | VerifyHandler<M>;
    },
  ): Promise<Result<M>> {
    const { handler, method, params } = request;
    if (handler.kind === "verify") {
      return await this.#verifying.execute(caller, { method, params, handler });
    }
    if (handler.kind === "flight") {
      const { clipboards, credentials, services, watches } = this.#parts;
      const ask = handler.begin(credentials, params, {
        caller,
        clipboards,
        logins: services.logins,
        watches,
      });
      return await this.#flying.execute(caller, { method, params, ask });
    }
    if (mayBeRenewed(handler, this.#parts.state)) {
      const ask = renewedRead(this.#parts.renewals, { caller, handler, params });
      return await this.#flying.execute(caller, { method, params, ask });
    }
    // A connection may become another's while a request waits.
    const { key = "", line, session, signal } = caller;
    const who = { key, session, signal };
    const { at, control, gate, services, state } = this.#parts;
    if (handler.kind === "read") {
      return await this.#admitted(who, { method, params }, (record, least) =>
        handler.run(this.#view(method, scopeOf(record, who.session)), params, least),
      );
    }
    if (handler.kind === "lease") {
      const mayStill = (): void => {
        this.#parts.check();
        gate.check(state.keys, who, { method, params, least: at() });
      };
      return await this.#admitted(who, { method, params }, (record) => {
        const within = endingWith(params, record, at());
        return leased(this.#parts, { handler, params: within }, { line, signal }, mayStill);
      });
    }
    if (REQUIREMENTS[method] === "key") {
      return await this.#admitted(who, { method, params }, (record) =>
        control(handler, withParent(params, record)),
      );
    }
    gate.check(state.keys, who, { method, params, least: at() });
    if (method !== "vault/status") return await control(handler, params);
    return statusForKey(services.figures(), state.counters.revision);
  }

  /**
   * Judges and begins the work in one synchronous step. Where the key has a quota, what is used of
   * it is durable before that step.
   */
  async #admitted<M extends TurnMethod, T>(
    who: Pick<Caller, "signal"> & Who,
    request: { readonly method: M; readonly params: Params<M> },
    work: (record: KeyRecord, least: number) => Promise<T> | T,
  ): Promise<T> {
    const { at, check, gate, state } = this.#parts;
    const { key: id } = who;
    for (;;) {
      check();
      const least = at();
      const record = gate.check(state.keys, who, { ...request, least });
      if (record.quota !== undefined && !gate.grants.take(record)) {
        await this.#reservations.made({ id, need: 1 });
        if (who.signal.aborted) throw cancelled();
        continue;
      }
      try {
        gate.admit(state.keys, who, { ...request, least });
      } catch (error) {
        if (record.quota !== undefined) gate.grants.add(id, 1);
        throw error;
      }
      return await work(record, least);
    }
  }

  #viewOf(method: TurnMethod, who: Who | undefined): VaultView {
    const { state } = this.#parts;
    const record = who && state.keys.get(who.key);
    return record === undefined ? state : this.#view(method, scopeOf(record, who?.session));
  }

  #view(method: TurnMethod, scope: Scope): VaultView {
    const { state } = this.#parts;
    const requirement = REQUIREMENTS[method];
    return typeof requirement === "object" ? scopedView(state, scope, requirement.visible) : state;
  }
}

/** Whether a read hands out values of a vault in which programs renew some. */
export function mayBeRenewed<M extends TurnMethod>(
  handler: Handler<M>,
  { renewers }: Pick<VaultView, "renewers">,
): handler is ReadHandler<M> & { readonly renewed: Renewed<M> } {
  return renewers.size > 0 && handler.kind === "read" && handler.renewed !== undefined;
}

/** A lease lasts no longer than the key that holds it. */
function endingWith<P extends object>(params: P, { expiresAt }: KeyRecord, at: number): P {
  if (expiresAt === undefined || !("ttl" in params)) return params;
  return { ...params, ttl: Math.max(1, Math.min(Number(params.ttl), expiresAt - at)) };
}
