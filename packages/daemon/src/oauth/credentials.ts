import type { StrongroomError } from "@strongroom/client/protocol";
import { Flights, noMore } from "../flights/flights.ts";
import { heldBack, Holds } from "../flights/holds.ts";
import { refusalOf } from "../turn/refusal.ts";
import type { Clock } from "../vault/clock.ts";
import { credentialOf } from "../vault/judge-oauth.ts";
import type { OAuthRecord } from "../vault/oauth-record.ts";
import type { VaultView } from "../vault/state.ts";
import type { Refresher } from "./refresher.ts";
import type { Obstacles } from "./provider.ts";
import { blocked, unavailable } from "./refusals.ts";
import { isAging, leftOf, refusalFor } from "./standing.ts";
import type { Standing } from "./standing.ts";

/** A client that its server knows no more is not asked about again for so long; milliseconds. */
const MEND_MS = 60_000;
/** A token that was refused is refreshed at once, but not twice within so long; milliseconds. */
const REPORTS_MS = 10_000;
/** From this part of its life on a token is refreshed ahead; how much later is left to chance. */
const AHEAD = { part: 0.8, jitter: 0.1 } as const;

/** What the credentials of a vault are used with. */
export interface CredentialsParts {
  readonly state: VaultView;
  readonly refresher: Pick<
    Refresher,
    "drop" | "isKept" | "kept" | "obstacles" | "refresh" | "revoke"
  >;
  readonly clock: Clock;
  /** The time of the vault, milliseconds since 1970. */
  readonly at: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The OAuth credentials in use: their flights, what holds those back, what was refused elsewhere. */
export class Credentials {
  readonly flights: Flights = new Flights();
  readonly #parts: CredentialsParts;
  readonly #holds: Holds;
  /** Whose access token some service did not take. */
  readonly #refused = new Map<string, number>();
  /** When that made us refresh last, by the running clock. */
  readonly #forced = new Map<string, number>();
  readonly #ahead = new Map<string, { readonly generation: number; readonly part: number }>();

  constructor(parts: CredentialsParts) {
    this.#parts = parts;
    this.#holds = new Holds(parts.clock, parts.random);
  }

  get view(): VaultView {
    return this.#parts.state;
  }

  /** The credential of a name, as it is durable; `NOT_FOUND`, or `INVALID` where it is a secret. */
  find(name: string): OAuthRecord {
    return credentialOf(this.#parts.state, name);
  }

  /** Milliseconds that its access token may be served for. */
  left(record: OAuthRecord, at: number): number {
    if (this.#refused.get(record.name) === record.generation) return 0;
    return leftOf(record, at);
  }

  /** Whether its refresh token is on its way, or what came of it waits for the disk. */
  isFlying({ name }: OAuthRecord): boolean {
    return this.flights.current(name) !== undefined || this.#parts.refresher.isKept(name);
  }

  /** Why no refresh may begin now; undefined when one may, or is on its way. */
  refusal(record: OAuthRecord): StrongroomError | undefined {
    const { generation, name } = record;
    if (this.flights.current(name) !== undefined) return undefined;
    const dead = refusalFor(record, this.isFlying(record));
    if (dead !== undefined) return dead;
    if (this.flights.isClosing) return noMore();
    const hold = this.#holds.of(name, generation);
    if (hold !== undefined) return heldBack(hold.error, hold.leftMs);
    return this.#tooSoon(record);
  }

  /** The refresh of a credential: begun, or joined. It rejects with why there is none. */
  refresh({ generation, name }: OAuthRecord): Promise<void> {
    return this.flights.join(name, async (signal, closing) => {
      await this.#demandWay(name);
      if (this.#refused.has(name)) this.#forced.set(name, this.#parts.clock.monotonic());
      try {
        await this.#parts.refresher.refresh(name, signal, closing);
        this.#holds.clear(name);
        this.#refused.delete(name);
      } catch (thrown) {
        const error = refusalOf(thrown);
        this.#holds.failed(name, generation, error, leastOf(error));
        throw error;
      }
      this.#holdTheBarren(name);
    });
  }

  /** Begins a refresh, which nobody waits for, of a token that lives but is old. */
  refreshAhead(record: OAuthRecord, at: number): void {
    if (!isAging(record, at, this.#partOf(record)) || this.isFlying(record)) return;
    if (this.refusal(record) === undefined) void this.refresh(record);
  }

  /** Some service did not take the token of this generation; whether it is the one that is served. */
  refused(record: OAuthRecord, generation: number): boolean {
    const { access, name } = record;
    if (record.generation !== generation) return false;
    if (access === undefined && this.#refused.get(name) !== generation) return false;
    this.#refused.set(name, generation);
    if (this.refusal(record) === undefined) void this.refresh(record);
    return true;
  }

  /** Forgets an access token that was refused; when it resolves no later process serves it either. */
  drop(record: OAuthRecord): Promise<void> {
    return this.#parts.refresher.drop(record);
  }

  /** Has the server revoke the refresh token, when no flight has it. */
  revoke(record: OAuthRecord): Promise<void> {
    const { name } = record;
    return this.flights.join(name, (signal) => this.#parts.refresher.revoke(record, signal));
  }

  /** Whether a flight is on its way, or what came of one waits for the disk. */
  get isBusy(): boolean {
    return this.flights.isAny || this.#parts.refresher.kept.length > 0;
  }

  /**
   * From now on no refresh begins. Resolves when those under way have landed, or were told to end,
   * and what the disk would not take was tried once more.
   */
  async land(pause: (ms: number, signal: AbortSignal) => Promise<void>): Promise<void> {
    const { refresher } = this.#parts;
    await this.flights.close(pause);
    const never = new AbortController().signal;
    await Promise.allSettled(refresher.kept.map((name) => refresher.refresh(name, never)));
  }

  /** How many credentials have a flight of which nobody knows what became. */
  get unfinished(): number {
    const records = [...this.#parts.state.oauth.values()];
    return records.filter((record) => record.flight !== undefined).length;
  }

  /** How a credential is, as far as only we know; `obstacles`: what stands in the way now. */
  standing(record: OAuthRecord, at: number, obstacles: Obstacles): Standing {
    const { generation, name } = record;
    const isFlying = this.isFlying(record);
    const found = isFlying ? undefined : obstacles(record.registration);
    const error = found ?? this.refusal(record) ?? this.#holds.last(name, generation)?.error;
    return {
      left: this.left(record, at),
      isFlying,
      ...(error === undefined || isFlying ? {} : { failure: error }),
    };
  }

  /** What stands in the way of every refresh. */
  obstacles(): Promise<Obstacles> {
    return this.#parts.refresher.obstacles();
  }

  /** What can be mended here holds nothing back, once it is. */
  async #demandWay(name: string): Promise<void> {
    if (this.#parts.refresher.isKept(name)) return;
    const obstacle = (await this.obstacles())(this.find(name).registration);
    if (obstacle !== undefined) throw blocked(name, obstacle);
  }

  #tooSoon({ generation, name }: OAuthRecord): StrongroomError | undefined {
    if (this.#refused.get(name) !== generation) return undefined;
    const forced = this.#forced.get(name) ?? Number.NEGATIVE_INFINITY;
    const leftMs = Math.ceil(forced + REPORTS_MS - this.#parts.clock.monotonic());
    if (leftMs <= 0) return undefined;
    return unavailable(name, "its tokens are refused as soon as they are made", leftMs);
  }

  /** A server whose tokens have ended before they come must not be asked again and again. */
  #holdTheBarren(name: string): void {
    const record = this.#parts.state.oauth.get(name);
    if (record === undefined || leftOf(record, this.#parts.at()) > 0) return;
    const error = unavailable(name, "its server gives tokens that have ended already");
    this.#holds.failed(name, record.generation, error);
  }

  #partOf({ generation, name }: OAuthRecord): number {
    const known = this.#ahead.get(name);
    if (known?.generation === generation) return known.part;
    const part = AHEAD.part + AHEAD.jitter * this.#parts.random();
    this.#ahead.set(name, { generation, part });
    return part;
  }
}

function leastOf({ code, retryAfterMs }: StrongroomError): number {
  return retryAfterMs ?? (code === "INVALID" ? MEND_MS : 0);
}
