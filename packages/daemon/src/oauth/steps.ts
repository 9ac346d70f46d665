import type { OAuthAccess, Params, Result } from "@strongroom/client/protocol";
import type { Ask } from "../flights/step.ts";
import type { OAuthRecord } from "../vault/oauth-record.ts";
import type { Credentials } from "./credentials.ts";
import { otherScopes, unavailable } from "./refusals.ts";
import { enoughOf } from "./standing.ts";

/** A request waits for so many refreshes, and for no more whatever they bring. */
const MOST_WAITS = 2;

/** `oauth/token`: an access token that may be used, refreshed first where it must be. */
export function tokenAsked(
  credentials: Credentials,
  { minTtl, name, scopes }: Params<"oauth/token">,
): Ask<Result<"oauth/token">> {
  let found: number | undefined;
  let waits = 0;
  let isInVain = false;
  return (at) => {
    const record = credentials.find(name);
    const has = record.access?.scopes ?? record.scopes;
    if (scopes?.every((scope) => has.includes(scope)) === false) throw otherScopes(name);
    const left = credentials.left(record, at);
    const isNew = found !== undefined && record.generation !== found;
    const revision = credentials.view.counters.revision;
    const result = (): { readonly result: Result<"oauth/token"> } => ({
      result: { ...accessOf(record, left, minTtl), revision },
    });
    if (left > 0 && (isNew || left >= enoughOf(record, minTtl))) {
      credentials.refreshAhead(record, at);
      return result();
    }
    const refusal = credentials.refusal(record);
    if (left > 0 && (refusal !== undefined || isInVain)) return result();
    if (refusal !== undefined) throw refusal;
    if (waits === MOST_WAITS) throw unavailable(name, "its server gives no token that lives");
    found ??= record.generation;
    waits += 1;
    const refreshed = credentials.refresh(record);
    if (left === 0) return { wait: refreshed };
    return {
      wait: refreshed.catch(() => {
        isInVain = true;
      }),
    };
  };
}

/** `oauth/report`: says whether that generation was the one that is served, once it is no more. */
export function reportAsked(
  credentials: Credentials,
  { generation, name }: Params<"oauth/report">,
): Ask<Result<"oauth/report">> {
  let current: boolean | undefined;
  return () => {
    const record = credentials.find(name);
    if (current === undefined) {
      current = credentials.refused(record, generation);
      if (current && record.access !== undefined) return { wait: credentials.drop(record) };
    }
    const { revision } = credentials.view.counters;
    return { result: { name, generation: record.generation, current, revision } };
  };
}

/** `oauth/revoke`: waits for a flight that has the token, then for the server, then for the disk. */
export function revokeAsked(
  credentials: Credentials,
  { name }: Params<"oauth/revoke">,
): Ask<Result<"oauth/revoke">> {
  let isDone = false;
  return () => {
    const record = credentials.find(name);
    const { revision } = credentials.view.counters;
    if (isDone) return { result: { name, generation: record.generation, revision } };
    const flying = credentials.flights.current(name);
    if (flying !== undefined) return { wait: flying.catch(() => undefined) };
    const revoking = async (): Promise<void> => {
      await credentials.revoke(record);
      isDone = true;
    };
    return { wait: revoking() };
  };
}

function accessOf(record: OAuthRecord, left: number, minTtl: number | undefined): OAuthAccess {
  const { access, generation, name, scopes, subject } = record;
  if (access === undefined) throw new TypeError("there is no access token");
  const isShort = minTtl !== undefined && left < minTtl * 1000;
  return {
    name,
    accessToken: access.token,
    tokenType: access.type,
    expiresAt: access.expiresAt,
    ...(access.assumed === undefined ? {} : { expiryAssumed: true }),
    ...(isShort ? { short: true } : {}),
    scopes: access.scopes ?? scopes,
    ...(subject === undefined ? {} : { subject }),
    generation,
  };
}
