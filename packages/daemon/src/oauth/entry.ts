import type { OAuthEntry } from "@strongroom/client/protocol";
import type { OAuthRecord } from "../vault/oauth-record.ts";
import { reasonOf } from "./refusals.ts";
import { knownOf, SHARED, whyDead } from "./standing.ts";
import type { Standing } from "./standing.ts";

/** What its owner is shown of a credential. */
export function entryOf(record: OAuthRecord, at: number, standing: Standing): OAuthEntry {
  const { access, account, flight, generation, name, registration, scopes, subject } = record;
  const { clientSecret: _, privateHost, resource, revocationEndpoint, ...server } = registration;
  return {
    name,
    ...standingOf(record, at, standing),
    ...server,
    ...(revocationEndpoint === undefined ? {} : { revocationEndpoint }),
    ...(resource === undefined ? {} : { resource }),
    ...(privateHost === undefined ? {} : { privateHost }),
    scopes: access?.scopes ?? scopes,
    ...(subject === undefined ? {} : { subject }),
    ...(account === undefined ? {} : { account }),
    generation,
    updatedAt: record.updatedAt,
    ...(access === undefined ? {} : timesOf(access)),
    refreshable: record.refreshToken !== undefined,
    ...(flight === undefined ? {} : { flight: flightOf(flight) }),
  };
}

function standingOf(
  record: OAuthRecord,
  at: number,
  { failure, isFlying, left }: Standing,
): Pick<OAuthEntry, "hint" | "nextAttemptAt" | "state" | "why"> {
  const why = whyDead(record, isFlying);
  if (why !== undefined) return { state: left > 0 ? "ending" : "reauthorize", why };
  if (record.shared === true) return { state: "shared", why: SHARED };
  if (failure !== undefined) {
    const next = failure.retryAfterMs === undefined ? undefined : at + failure.retryAfterMs;
    const attempt = next === undefined ? {} : { nextAttemptAt: next };
    return { state: "failing", ...reasonOf(record.name, failure), ...attempt };
  }
  if (record.flight === undefined || isFlying) return { state: "ok" };
  const { id } = record.flight;
  const known = knownOf(record.flight);
  return {
    state: "ok",
    why: `it is not known what became of flight ${id}${known}: it is made once more when asked for`,
  };
}

function timesOf({
  assumed,
  expiresAt,
  obtainedAt,
}: NonNullable<OAuthRecord["access"]>): Partial<OAuthEntry> {
  return { obtainedAt, expiresAt, ...(assumed === undefined ? {} : { expiryAssumed: true }) };
}

function flightOf({
  attempts,
  id,
  startedAt,
}: NonNullable<OAuthRecord["flight"]>): NonNullable<OAuthEntry["flight"]> {
  return { id, attempts, startedAt };
}
