import { randomBytes } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";
import { noMore } from "../flights/flights.ts";
import type { OwnChange } from "../turn/own-change.ts";
import { credentialOf } from "../vault/judge-oauth.ts";
import { without } from "../vault/oauth-record.ts";
import type { OAuthRecord, OpenFlight } from "../vault/oauth-record.ts";
import type { Pending } from "../vault/pending.ts";
import { buried, emptied, isOfAnother, landed, takenBack, wholeOf } from "./landing.ts";
import { changeOf } from "./own-changes.ts";
import type { Granted, Obstacles, Provider, Redemption } from "./provider.ts";
import {
  knownWord,
  misconfigured,
  notRevocable,
  putMeanwhile,
  reauthorize,
  unavailable,
  unconfirmed,
} from "./refusals.ts";
import { MOST_ATTEMPTS, refusalFor, whyDead } from "./standing.ts";

/** Between the first presentation without an answer and the second; milliseconds. */
const AGAIN_MS = 1000;
/** What a full queue keeps from being written is tried again so often, so many milliseconds apart. */
const PERSIST = { times: 50, everyMs: 100 } as const;

/** What a refresher needs. */
export interface RefresherParts {
  readonly provider: Provider;
  /** Makes a change of the daemon's own; resolves when it is durable. */
  readonly change: (change: OwnChange) => Promise<void>;
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** One presentation that is journalled. */
interface Begun {
  readonly name: string;
  readonly record: OAuthRecord;
  readonly flight: OpenFlight;
  readonly refreshToken: string;
  readonly askedAt: number;
}

/**
 * Presents refresh tokens: the intent is durable before a token leaves, and what came of it before
 * anybody sees it. No refresh token is presented a third time without an answer, whatever happens.
 */
export class Refresher {
  readonly #parts: RefresherParts;
  /** What a server gave and the disk would not take yet. */
  readonly #kept = new Map<string, { readonly begun: Begun; readonly granted: Granted }>();

  constructor(parts: RefresherParts) {
    this.#parts = parts;
  }

  /** The credentials of which a new generation waits for the disk. */
  get kept(): readonly string[] {
    return [...this.#kept.keys()];
  }

  /** Whether one does. */
  isKept(name: string): boolean {
    return this.#kept.has(name);
  }

  /** What stands in the way of presenting any. */
  obstacles(): Promise<Obstacles> {
    return this.#parts.provider.obstacles();
  }

  /**
   * Resolves when a new generation is durable; rejects with why there is none. Nothing is presented
   * any more once it is `closing`.
   */
  async refresh(name: string, signal: AbortSignal, closing: AbortSignal = signal): Promise<void> {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return await this.#land(kept.begun, kept.granted);
    for (;;) {
      // The last presentation is for a daemon that can wait for its answer.
      if (signal.aborted || closing.aborted) throw noMore();
      const begun = await this.#begin(name);
      const { record, refreshToken } = begun;
      const answer = await this.#parts.provider.redeem(
        record.registration,
        { refreshToken },
        signal,
      );
      const redemption = wholeOf(answer);
      if (redemption.kind !== "unanswered") return await this.#end(begun, redemption);
      const { reason } = redemption;
      const flight = { ...begun.flight, reason };
      await this.#note(begun, reason);
      if (flight.attempts >= MOST_ATTEMPTS) {
        throw reauthorize(name, whyDead({ ...record, flight }, false) ?? "");
      }
      await this.#parts.pause(AGAIN_MS, closing);
    }
  }

  /** Forgets the access token of a generation; resolves when that is durable. */
  async drop(record: OAuthRecord): Promise<void> {
    await this.#persist(
      changeOf(record, undefined, (pending) => {
        const now = pending.oauth.get(record.name);
        if (now?.access === undefined || now.generation !== record.generation) return undefined;
        return without(now, "access");
      }),
    );
  }

  /** Has the server revoke a refresh token; rejects where that is not sure. */
  async revoke(record: OAuthRecord, signal: AbortSignal): Promise<void> {
    const { name, refreshToken, registration } = record;
    const isPossible = registration.revocationEndpoint !== undefined && record.shared !== true;
    if (refreshToken === undefined || !isPossible) throw notRevocable(record);
    const { change, provider } = this.#parts;
    if (!(await provider.revoke(registration, refreshToken, signal))) {
      throw unconfirmed(name);
    }
    await change(
      changeOf(record, "oauth/revoke", (pending) => {
        const now = pending.oauth.get(name);
        if (now?.generation !== record.generation) throw putMeanwhile(name);
        return emptied(now, { reason: "revoked", at: pending.at }, pending.revision + 1);
      }),
    );
    this.#kept.delete(name);
  }

  async #begin(name: string): Promise<Begun> {
    let begun: Begun | undefined;
    const judge = (pending: Pending): OAuthRecord => {
      const record = credentialOf(pending, name);
      const refusal = refusalFor(record, false);
      if (refusal !== undefined) throw refusal;
      const { generation, refreshToken = "" } = record;
      const {
        attempts = 0,
        id = randomBytes(8).toString("hex"),
        startedAt = pending.at,
        ...known
      } = record.flight ?? {};
      const flight = { ...known, id, generation, attempts: attempts + 1, startedAt };
      begun = { name, record, flight, refreshToken, askedAt: pending.at };
      return { ...record, flight };
    };
    await this.#parts.change(changeOf(undefined, undefined, judge));
    if (begun === undefined) throw new TypeError("the intent was never judged");
    return begun;
  }

  async #end(begun: Begun, redemption: Exclude<Redemption, { kind: "unanswered" }>): Promise<void> {
    const { name, record } = begun;
    switch (redemption.kind) {
      case "granted":
        if (isOfAnother(record, redemption.granted))
          return await this.#bury(begun, "other_subject");
        return await this.#land(begun, redemption.granted);
      case "rejected":
        return await this.#bury(begun, knownWord(redemption.error));
      case "not-sent":
        await this.#takeBack(begun);
        throw unavailable(name, redemption.reason, undefined, redemption.hint);
      case "busy": {
        await this.#takeBack(begun);
        const { retryAfterMs, status } = redemption;
        throw unavailable(name, `its server answers with status ${status}`, retryAfterMs);
      }
      case "misconfigured":
        await this.#takeBack(begun);
        throw misconfigured(name, redemption.error);
    }
  }

  /** The new generation; what cannot be written is kept as long as this process lives. */
  async #land(begun: Begun, granted: Granted): Promise<void> {
    const { askedAt, flight, name } = begun;
    this.#kept.set(name, { begun, granted });
    const judge = (pending: Pending): OAuthRecord | undefined => {
      const now = pending.oauth.get(name);
      // Replaced or removed meanwhile: these are the tokens of something that is no more.
      if (now?.flight?.id !== flight.id) return undefined;
      const generation = pending.revision + 1;
      return landed(now, granted, { askedAt, at: pending.at, generation });
    };
    await this.#persist(changeOf(begun.record, "oauth/refresh", judge));
    this.#kept.delete(name);
  }

  async #bury(begun: Begun, reason: string): Promise<void> {
    const { flight, name } = begun;
    const { generation, id } = flight;
    let dead: OAuthRecord = begun.record;
    await this.#persist(
      changeOf(begun.record, "oauth/dead", (pending) => {
        const now = pending.oauth.get(name);
        if (now?.flight?.id !== id || now.generation !== generation) return undefined;
        const grave = { generation, reason, at: pending.at, flight: id };
        dead =
          reason === "other_subject"
            ? emptied(now, grave, pending.revision + 1)
            : buried(now, grave);
        return dead;
      }),
    );
    const why = whyDead(dead, false);
    // Without one it was replaced meanwhile: whoever waits asks again.
    if (why !== undefined) throw reauthorize(name, why);
  }

  /** What is known of a presentation without tokens; where that cannot be written it is not told. */
  async #note({ flight, name, record }: Begun, reason: string): Promise<void> {
    const change = changeOf(record, undefined, (pending) => {
      const now = pending.oauth.get(name);
      if (now?.flight?.id !== flight.id || now.flight.attempts !== flight.attempts) {
        return undefined;
      }
      return { ...now, flight: { ...now.flight, reason } };
    });
    await this.#parts.change(change).catch(() => undefined);
  }

  /** The token was not presented after all; where that cannot be written it counts as if it were. */
  async #takeBack({ flight, name, record }: Begun): Promise<void> {
    const { attempts, id } = flight;
    const change = changeOf(record, undefined, (pending) => {
      const now = pending.oauth.get(name);
      if (now?.flight?.id !== id || now.flight.attempts !== attempts) return undefined;
      return takenBack(now, now.flight);
    });
    await this.#parts.change(change).catch(() => undefined);
  }

  async #persist(change: OwnChange): Promise<void> {
    const never = new AbortController().signal;
    for (let time = 1; ; time += 1) {
      try {
        return await this.#parts.change(change);
      } catch (error) {
        const isBusy = error instanceof StrongroomError && error.code === "BUSY";
        if (!isBusy || time === PERSIST.times) throw error;
        await this.#parts.pause(PERSIST.everyMs, never);
      }
    }
  }
}
