import type { OAuthEntry } from "@strongroom/client/protocol";
import type { OAuthRecord } from "../vault/oauth-record.ts";
import { leftOf, SHARED, whyDead } from "./standing.ts";

/** What its owner is shown of a credential. */
export function entryOf(record: OAuthRecord, at: number, isFlying: boolean): OAuthEntry {
  const { access, account, flight, generation, name, registration, scopes, subject } = record;
  const { clientId, issuer, resource, tokenEndpoint } = registration;
  return {
    name,
    ...standingOf(record, at, isFlying),
    issuer,
    tokenEndpoint,
    clientId,
    ...(resource === undefined ? {} : { resource }),
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
  isFlying: boolean,
): Pick<OAuthEntry, "state" | "why"> {
  const why = whyDead(record, isFlying);
  if (why !== undefined) return { state: leftOf(record, at) > 0 ? "ending" : "reauthorize", why };
  if (record.shared === true) return { state: "shared", why: SHARED };
  if (record.flight === undefined || isFlying) return { state: "ok" };
  const { id } = record.flight;
  return { state: "ok", why: `flight ${id} was not answered: it is made once more when asked for` };
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
