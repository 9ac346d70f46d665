import { parseApiToken, StrongroomError } from "@strongroom/client/protocol";
import type { Params } from "@strongroom/client/protocol";
import type { Clocks } from "../lock/clocks.ts";
import type { TurnMethod } from "../turn/turn.ts";
import { stateOf } from "../vault/key-record.ts";
import type { KeyRecord } from "../vault/key-record.ts";
import type { Pending } from "../vault/pending.ts";
import type { VaultView } from "../vault/state.ts";
import { Grants } from "./grants.ts";
import type { Minter } from "./minter.ts";
import { Rates } from "./rates.ts";
import { notAllowed, notValid, tooFast, usedUp } from "./refusal.ts";
import { knowsAllVersions, REQUIREMENTS } from "./requirements.ts";
import type { Requirement } from "./requirements.ts";
import { scopeOf } from "./scope.ts";
import { SteadyTime } from "./steady-time.ts";

/** The keys as they stand where a request is judged: those that are durable, or as they will be. */
interface Keys {
  get(id: string): KeyRecord | undefined;
}

/** What a gate is made of. */
export interface GateParts {
  readonly minter: Minter;
  readonly clocks: Clocks;
  /** The keys that there were when the vault was opened. */
  readonly known: Iterable<string>;
}

/**
 * Judges what API keys may do, in the very step that does it: nothing of a key is remembered from
 * one request to the next but how much of its rate and quota is left.
 */
export class Gate {
  readonly minter: Minter;
  readonly grants: Grants = new Grants();
  readonly #clocks: Clocks;
  readonly #time: SteadyTime;
  readonly #rates: Rates;

  constructor({ clocks, known, minter }: GateParts) {
    this.minter = minter;
    this.#clocks = clocks;
    this.#time = new SteadyTime(clocks);
    this.#rates = new Rates(known, clocks.running());
  }

  /** The time by which keys expire: never earlier than `least`. */
  at(least: number): number {
    return Math.max(least, this.#time.now());
  }

  /** The key that a token is; `DENIED`, always the same, when it is none that is valid. */
  authenticate(view: VaultView, token: string, least: number): KeyRecord {
    const parsed = parseApiToken(token);
    const record = parsed === undefined ? undefined : view.keys.get(parsed.id);
    // What is not there is compared as well, so that its absence takes no less time.
    const isKnown = this.minter.knows(record ?? NOBODY, token);
    if (record === undefined || !isKnown) throw notValid();
    if (!this.#isOurs(record, least)) throw notValid();
    return record;
  }

  /**
   * The key that makes a request, if it may; throws `DENIED` or `RATE_LIMITED`. Called in the
   * synchronous step that reads, or judges the change.
   */
  admit<M extends TurnMethod>(
    keys: Keys,
    id: string,
    request: { readonly method: M; readonly params: Params<M>; readonly least: number },
  ): KeyRecord {
    const record = this.check(keys, id, request);
    if (!this.#rates.take(record, this.#clocks.running())) throw tooFast();
    return record;
  }

  /** The same without its rate: it may be asked again before the request is served. */
  check<M extends TurnMethod>(
    keys: Keys,
    id: string,
    request: { readonly method: M; readonly params: Params<M>; readonly least: number },
  ): KeyRecord {
    const record = keys.get(id);
    const { least, method, params } = request;
    if (record === undefined || !this.#isOurs(record, least)) throw notValid();
    const requirement: Requirement<M> = REQUIREMENTS[method];
    if (!isMet(requirement, record, params)) throw notAllowed();
    return record;
  }

  /** Judges a change of a key with its quota; what it may not know of a conflict is left out. */
  judge<T>(pending: Pending, id: string, params: object, work: () => T): T {
    const record = pending.keys.get(id);
    if (record === undefined) throw notValid();
    try {
      const result = work();
      this.#count(pending, record);
      return result;
    } catch (error) {
      const conflict = error instanceof StrongroomError && error.code === "CONFLICT";
      if (!conflict || knowsAllVersions(scopeOf(record), params)) throw error;
      throw new StrongroomError("CONFLICT", "the secret is not at the version that was expected");
    }
  }

  /** Whether so many requests are within the rate of a key now, without taking any. */
  hasRate(record: KeyRecord, count: number): boolean {
    return this.#rates.has(record, this.#clocks.running(), count);
  }

  /** Takes as many out of its rate and of what was granted of its quota; `hasRate` comes first. */
  use(record: KeyRecord, count: number): void {
    this.#rates.take(record, this.#clocks.running(), count);
    if (record.quota !== undefined) this.grants.take(record.id, count);
  }

  /** Whether a key is valid for the vault itself. */
  #isOurs(record: KeyRecord, least: number): boolean {
    return record.audience === undefined && stateOf(record, this.at(least)) === "active";
  }

  #count(pending: Pending, record: KeyRecord): void {
    const { id, quota, used = 0 } = record;
    if (quota === undefined) return;
    if (used < quota) pending.record({ kind: "key", record: { ...record, used: used + 1 } });
    else if (!this.grants.take(id)) throw usedUp();
  }
}

const NOBODY = { proof: "0".repeat(64) };

function isMet<M extends TurnMethod>(
  requirement: Requirement<M>,
  record: KeyRecord,
  params: Params<M>,
): boolean {
  if (requirement === "owner") return false;
  if (requirement === "known") return true;
  const scope = scopeOf(record);
  if (typeof requirement === "function") return requirement(scope, params);
  return scope.allowsSome(requirement.visible);
}
