import { LIMITS, parseApiToken, StrongroomError } from "@strongroom/client/protocol";
import type { Fenced, Params, SessionTerms } from "@strongroom/client/protocol";
import type { Clocks } from "../lock/clocks.ts";
import type { TurnMethod } from "../turn/turn.ts";
import { stateOf } from "../vault/key-record.ts";
import type { KeyRecord } from "../vault/key-record.ts";
import type { Pending } from "../vault/pending.ts";
import type { VaultView } from "../vault/state.ts";
import { Grants } from "./grants.ts";
import type { Minter } from "./minter.ts";
import { Rates } from "./rates.ts";
import { notAllowed, notValid, tooFast, unproved, usedUp } from "./refusal.ts";
import { knowsAllVersions, REQUIREMENTS } from "./requirements.ts";
import type { Requirement } from "./requirements.ts";
import { scopeOf } from "./scope.ts";
import type { Scope } from "./scope.ts";
import type { Opened, Signer } from "./signer.ts";
import { SteadyTime } from "./steady-time.ts";

/** The keys as they stand where a request is judged: those that are durable, or as they will be. */
interface Keys {
  get(id: string): KeyRecord | undefined;
}

/** How long whoever has proved a slot is the owner, milliseconds. */
export const OWN_MS = 900_000;

/** The key that asks, and the session of it where it is one. */
export interface Who {
  readonly key: string;
  readonly session?: SessionTerms | undefined;
}

/** What a gate is made of. */
export interface GateParts {
  readonly minter: Minter;
  readonly signer: Signer;
  readonly clocks: Clocks;
  /** The keys that there were when the vault was opened. */
  readonly known: Iterable<string>;
  /** The time of the vault, where others go by it too. */
  readonly time?: SteadyTime;
}

/**
 * Judges what API keys may do, in the very step that does it: nothing of a key is remembered from
 * one request to the next but how much of its rate and quota is left.
 */
export class Gate {
  readonly minter: Minter;
  readonly signer: Signer;
  readonly grants: Grants = new Grants();
  readonly #clocks: Clocks;
  readonly time: SteadyTime;
  readonly #rates: Rates;
  #provedFrom = -1;

  constructor({ clocks, known, minter, signer, time = new SteadyTime(clocks) }: GateParts) {
    this.minter = minter;
    this.signer = signer;
    this.#clocks = clocks;
    this.time = time;
    this.#rates = new Rates(known, clocks.running());
  }

  /** The time by which keys expire: never earlier than `least`. */
  at(least: number): number {
    return Math.max(least, this.time.now());
  }

  /** The key that a token is; `DENIED`, always the same, when it is none that is valid. */
  authenticate(view: VaultView, token: Opened | string, least: number): KeyRecord {
    if (typeof token === "object") return this.#valid(view.keys.get(token.key), token, least);
    const parsed = parseApiToken(token);
    const record = parsed === undefined ? undefined : view.keys.get(parsed.id);
    // What is not there is compared as well, so that its absence takes no less time.
    const isKnown = this.minter.knows(record ?? NOBODY, token);
    return this.#valid(isKnown ? record : undefined, undefined, least);
  }

  /**
   * Throws `DENIED` where whoever came by the owner's socket must prove a slot, and did not within
   * the last 15 minutes. `provedAt`: when, by the boot clock.
   */
  admitOwner({ requireKey }: { readonly requireKey: boolean }, provedAt: number | undefined): void {
    if (!requireKey) return;
    if (provedAt === undefined || provedAt <= this.#provedFrom) throw unproved();
    if (this.#clocks.booted() - provedAt >= OWN_MS) throw unproved();
  }

  /** What proved a slot until now may be gone. */
  forgetProofs(): void {
    this.#provedFrom = this.#clocks.booted();
  }

  /**
   * The key that makes a request, if it may; throws `DENIED` or `RATE_LIMITED`. Called in the
   * synchronous step that reads, or judges the change.
   */
  admit<M extends TurnMethod>(
    keys: Keys,
    who: Who,
    request: { readonly method: M; readonly params: Params<M>; readonly least: number },
  ): KeyRecord {
    const record = this.check(keys, who, request);
    if (!this.#rates.take(record, this.#clocks.running())) throw tooFast();
    return record;
  }

  /** The same without its rate: it may be asked again before the request is served. */
  check<M extends TurnMethod>(
    keys: Keys,
    { key, session }: Who,
    request: { readonly method: M; readonly params: Params<M>; readonly least: number },
  ): KeyRecord {
    const { least, method, params } = request;
    const record = this.#valid(keys.get(key), session, least);
    const requirement: Requirement<M> = REQUIREMENTS[method];
    if (requirement === "key" && session !== undefined) throw notAllowed();
    const scope = scopeOf(record, session);
    if (!isMet(requirement, scope, params) || !mayFence(scope, params as Fenced))
      throw notAllowed();
    return record;
  }

  /** Judges a change of a key with its quota; what it may not know of a conflict is left out. */
  judge<T>(pending: Pending, { key, session }: Who, params: object, work: () => T): T {
    const record = pending.keys.get(key);
    if (record === undefined) throw notValid();
    try {
      const result = work();
      this.#count(pending, record);
      return result;
    } catch (error) {
      // That of a lease tells nothing of a secret.
      const conflict =
        error instanceof StrongroomError &&
        error.code === "CONFLICT" &&
        error.version !== undefined;
      if (!conflict || knowsAllVersions(scopeOf(record, session), params)) throw error;
      throw new StrongroomError("CONFLICT", "the secret is not at the version that was expected");
    }
  }

  /** Whether so many requests are within the rate of a key now, without taking any. */
  hasRate(record: KeyRecord, count: number): boolean {
    return this.#rates.has(record, this.#clocks.running(), count);
  }

  /** Whether so much of its quota is left, granted ahead or not: of the quota that it has now. */
  hasQuota({ id, quota, used = 0 }: KeyRecord, count: number): boolean {
    return quota === undefined || quota - used + this.grants.held(id) >= count;
  }

  /** Takes as many out of its rate and of what was granted of its quota; `hasRate` comes first. */
  use(record: KeyRecord, count: number): void {
    this.#rates.take(record, this.#clocks.running(), count);
    if (record.quota !== undefined) this.grants.take(record, count);
  }

  /** The record, if it is of a valid key of the vault itself; so must be the session of it. */
  #valid(
    record: KeyRecord | undefined,
    session: SessionTerms | undefined,
    least: number,
  ): KeyRecord {
    const at = this.at(least);
    const isOurs =
      record?.audience === undefined && (session === undefined || this.#lives(session, at));
    if (record === undefined || !isOurs || stateOf(record, at) !== "active") throw notValid();
    return record;
  }

  #lives({ expiresAt, kid }: SessionTerms, at: number): boolean {
    // One with more to live than any is given was made before the clock was set back.
    const isInTime = expiresAt > at && expiresAt <= at + LIMITS.tokenSeconds * 1000;
    return isInTime && kid === this.signer.jwk.kid;
  }

  #count(pending: Pending, record: KeyRecord): void {
    const { quota, used = 0 } = record;
    if (quota === undefined) return;
    if (used < quota) pending.record({ kind: "key", record: { ...record, used: used + 1 } });
    else if (!this.grants.take(record)) throw usedUp();
  }
}

const NOBODY = { proof: "0".repeat(64) };

/** Whether a lease that a change carries is one that the key may ask about. */
function mayFence(scope: Scope, { lease }: Fenced): boolean {
  return lease === undefined || scope.allows("lease", lease.name);
}

function isMet<M extends TurnMethod>(
  requirement: Requirement<M>,
  scope: Scope,
  params: Params<M>,
): boolean {
  if (requirement === "owner") return false;
  if (requirement === "key" || requirement === "known") return true;
  if (typeof requirement === "function") return requirement(scope, params);
  return scope.allowsSome(requirement.visible);
}
