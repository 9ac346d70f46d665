import type { Expect, OAuthTokens, Params } from "@strongroom/client/protocol";
import { checkName, StrongroomError } from "@strongroom/client/protocol";
import { isSameGrant } from "./oauth-identity.ts";
import { without } from "./oauth-record.ts";
import type { AccessToken, OAuthRecord } from "./oauth-record.ts";
import type { Pending } from "./pending.ts";
import { isJustGiven, remember, remembered } from "./presented.ts";
import { quoted } from "./quote.ts";
import { isLive } from "./secret.ts";
import type { Secret } from "./secret.ts";

/** What is assumed of a token where its server does not say how long it lives; milliseconds. */
export const ASSUMED_LIFE_MS = 3_600_000;

/** Where a credential, or the secret that has its name, is looked up. */
interface Names {
  get(name: string): Secret | undefined;
  readonly oauth: { get(name: string): OAuthRecord | undefined };
}

/** The credential of a name; `NOT_FOUND`, or `INVALID` where the name is a secret's. */
export function credentialOf(names: Names, name: string): OAuthRecord {
  const record = names.oauth.get(name);
  if (record !== undefined) return record;
  if (names.get(name)?.value !== undefined) {
    throw new StrongroomError("INVALID", `${quoted(name)} is a secret: secret/get`, {
      hint: "strongroom get NAME",
    });
  }
  throw new StrongroomError("NOT_FOUND", `no OAuth credential named ${quoted(name)}`, {
    hint: "strongroom oauth list",
  });
}

/** `oauth/put`: returns the generation. What the server, the client and the rights are decides whether tokens stay. */
export function judgePut(pending: Pending, params: Params<"oauth/put">): number {
  const { name } = params;
  const before = pending.oauth.get(name);
  if (before === undefined && isLive(pending.get(name), pending.at)) throw taken(name);
  if (pending.renewers.get(name) !== undefined) throw renewed(name);
  demandGeneration(params.force === true ? params.expect : (params.expect ?? ABSENT), name, before);
  if (before === undefined) checkName(name);
  const generation = pending.revision + 1;
  const { account, registration, scopes, subject } = params;
  const record: OAuthRecord = {
    name,
    registration,
    scopes,
    ...(subject === undefined ? {} : { subject }),
    ...(account === undefined ? {} : { account }),
    generation,
    updatedAt: pending.at,
    ...(params.tokens === undefined
      ? keptOf(before, params, generation)
      : { ...knownOf(pending, before, params), ...tokensOf(params.tokens, pending.at) }),
    ...(params.shared === true ? { shared: true as const } : {}),
  };
  pending.record({ kind: "oauth", record });
  if (before?.refreshToken !== record.refreshToken) remember(pending, before);
  return generation;
}

/** `oauth/remove`: returns the generation that was. */
export function judgeRemove(
  pending: Pending,
  { expect, name }: Pick<Params<"oauth/remove">, "expect" | "name">,
): number {
  const { generation } = credentialOf(pending, name);
  const before = pending.oauth.get(name);
  demandGeneration(expect, name, before);
  pending.record({ kind: "forget-oauth", name });
  remember(pending, before);
  return generation;
}

/** `oauth/adopt`: returns the generation. */
export function judgeAdopt(pending: Pending, { name }: Params<"oauth/adopt">): number {
  const record = credentialOf(pending, name);
  if (record.shared === true) {
    const adopted = { ...without(record, "shared"), updatedAt: pending.at };
    pending.record({ kind: "oauth", record: adopted });
  }
  return record.generation;
}

const ABSENT: Expect = { absent: true };

function demandGeneration(
  expect: Expect | undefined,
  name: string,
  record: OAuthRecord | undefined,
): void {
  if (expect === undefined) return;
  const stands = record?.generation ?? 0;
  if ("absent" in expect) {
    if (record === undefined) return;
    throw new StrongroomError("ALREADY_EXISTS", `there is an OAuth credential ${quoted(name)}`, {
      hint: "strongroom oauth list; to replace it: strongroom oauth put NAME --force",
    });
  }
  if (stands === expect.version) return;
  const found = stands === 0 ? "is absent" : `is at generation ${stands}`;
  throw new StrongroomError(
    "CONFLICT",
    `the OAuth credential ${quoted(name)} ${found}, not at ${expect.version}`,
    { version: stands, hint: "strongroom oauth list, then repeat it with what stands" },
  );
}

/** A secret that can be found has the name. */
export function taken(name: string): StrongroomError {
  return new StrongroomError("ALREADY_EXISTS", `there is a secret named ${quoted(name)}`, {
    hint: "choose another name, or delete the secret first: strongroom delete NAME",
  });
}

function renewed(name: string): StrongroomError {
  return new StrongroomError("ALREADY_EXISTS", `a program renews a secret ${quoted(name)}`, {
    hint: "choose another name, or take the program away: strongroom renewer remove NAME",
  });
}

/** The tokens as they were, where they are still of the same grant. */
function keptOf(
  before: OAuthRecord | undefined,
  params: Params<"oauth/put">,
  generation: number,
): Partial<OAuthRecord> {
  if (before === undefined || !isSameGrant(before, params)) return {};
  const { access, dead, flight, refreshToken, shared } = before;
  return {
    ...(access === undefined ? {} : { access }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(shared === undefined ? {} : { shared }),
    ...(dead === undefined ? {} : { dead: { ...dead, generation } }),
    // Nobody knows yet what became of it: it must not be forgotten.
    ...(flight === undefined ? {} : { flight: { ...flight, generation } }),
  };
}

/**
 * Of a refresh token that is put once more: that it may have been presented, with no answer. Whoever
 * puts the same file at every start must not have it presented again and again.
 */
function knownOf(
  pending: Pending,
  before: OAuthRecord | undefined,
  params: Params<"oauth/put">,
): Pick<OAuthRecord, "flight"> {
  const refreshToken = params.tokens?.refreshToken;
  if (refreshToken === undefined || isJustGiven(params)) return {};
  const isSame = before?.refreshToken === refreshToken;
  const flight = isSame ? before.flight : remembered(pending, refreshToken);
  return flight === undefined ? {} : { flight: { ...flight, generation: pending.revision + 1 } };
}

function tokensOf(tokens: OAuthTokens, at: number): Pick<OAuthRecord, "access" | "refreshToken"> {
  const { accessToken, refreshToken } = tokens;
  return {
    ...(accessToken === undefined ? {} : { access: accessOf(accessToken, tokens, at) }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}

function accessOf(token: string, given: OAuthTokens, at: number): AccessToken {
  const { expiresAt, expiresIn, tokenType = "Bearer" } = given;
  const life = expiresIn === undefined ? ASSUMED_LIFE_MS : expiresIn * 1000;
  return {
    token,
    type: tokenType,
    obtainedAt: at,
    expiresAt: expiresAt ?? at + life,
    ...(expiresAt === undefined && expiresIn === undefined ? { assumed: true } : {}),
  };
}
