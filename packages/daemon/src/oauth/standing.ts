import type { StrongroomError } from "@strongroom/client/protocol";
import type { OAuthRecord, OpenFlight } from "../vault/oauth-record.ts";
import { reauthorize } from "./refusals.ts";

/** No refresh token is presented more often than so without an answer. */
export const MOST_ATTEMPTS = 2;
/** A token is fresh enough for whoever says nothing with so much of its life left, or a minute. */
const DEFAULT_PART = 0.1;
const DEFAULT_MS = 60_000;
/** Whoever asks for more than a token can live gets one that is younger than this part of its life. */
const LEAST_AGE_PART = 0.2;

/** How a credential is, as far as this process alone knows. */
export interface Standing {
  /** Milliseconds that its access token may be served for. */
  readonly left: number;
  /** Its refresh token is on its way. */
  readonly isFlying: boolean;
  /** Why a refresh is refused now, or failed last; `retryAfterMs`: nothing is tried before. */
  readonly failure?: StrongroomError;
}

/** Milliseconds that the access token of a credential may be served for. */
export function leftOf({ access }: OAuthRecord, at: number): number {
  if (access === undefined) return 0;
  // Obtained later than now: the clock was set back since, and nobody knows how old it is.
  if (access.obtainedAt > at) return 0;
  return Math.max(0, access.expiresAt - at);
}

/** Milliseconds that it must still live for whoever asks, so that it is not refreshed first. */
export function enoughOf({ access }: OAuthRecord, minTtlSeconds: number | undefined): number {
  const life = access === undefined ? 0 : access.expiresAt - access.obtainedAt;
  if (minTtlSeconds === undefined) return Math.min(DEFAULT_MS, life * DEFAULT_PART);
  return Math.min(minTtlSeconds * 1000, life * (1 - LEAST_AGE_PART));
}

/** Whether its refresh token should be presented while the old token still lives. */
export function isAging({ access }: OAuthRecord, at: number, part: number): boolean {
  if (access === undefined) return false;
  return at - access.obtainedAt >= (access.expiresAt - access.obtainedAt) * part;
}

/** Why a credential can be refreshed no more, or not yet, in one sentence; undefined = it can. */
export function whyDead(record: OAuthRecord, isFlying: boolean): string | undefined {
  const { dead, flight, refreshToken } = record;
  if (dead !== undefined) return whyOf(dead.reason, dead.flight);
  if (refreshToken === undefined) return "it has no refresh token";
  if (flight === undefined || isFlying || flight.attempts < MOST_ATTEMPTS) return undefined;
  return `flight ${flight.id} presented its refresh token ${MOST_ATTEMPTS} times, and it is not known whether it was redeemed${knownOf(flight)}`;
}

/** What is known of a flight, as the end of a sentence. */
export function knownOf({ reason }: OpenFlight): string {
  return reason === undefined ? "" : ` (${reason})`;
}

/** The refusal that goes with it. */
export function refusalFor(record: OAuthRecord, isFlying: boolean): StrongroomError | undefined {
  const why = whyDead(record, isFlying);
  if (why !== undefined) return reauthorize(record.name, why);
  if (record.shared !== true) return undefined;
  return reauthorize(
    record.name,
    SHARED,
    "strongroom oauth adopt NAME --from-mcporter FILE, or sign out where it came from, then: strongroom oauth adopt NAME --source-is-retired",
  );
}

/** Why nobody presents the refresh token of one that was imported. */
export const SHARED =
  "another program, or a newer copy of this vault, may have its refresh token too, and it is not adopted yet";

function whyOf(reason: string, flight: string | undefined): string {
  if (reason === "revoked") return "its owner has revoked it";
  if (reason === "other_subject") return "its server answered with the tokens of another account";
  const by = flight === undefined ? "" : ` to flight ${flight}`;
  return `its server said ${reason}${by}: the refresh token was used elsewhere, revoked, or has ended`;
}
