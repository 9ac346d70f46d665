import { LIMITS } from "@strongroom/client/protocol";
import { ASSUMED_LIFE_MS } from "../vault/judge-oauth.ts";
import { without } from "../vault/oauth-record.ts";
import type { AccessToken, DeadGrant, OAuthRecord, OpenFlight } from "../vault/oauth-record.ts";
import type { Granted, Redemption } from "./provider.ts";

/** RFC 6749, appendix A: what stands in a header or a form as it is; no token is longer. */
const TOKEN = /^[\x21-\x7e]{1,65536}$/;
/** What stands before a token in a header; any other text could be a header of its own. */
const TYPE = /^[\w.-]{1,64}$/;

/** When what landed was asked for, and at which revision it is kept. */
export interface Moment {
  /** Before the token was presented, milliseconds since 1970. */
  readonly askedAt: number;
  readonly at: number;
  readonly generation: number;
}

/** Whether an answer has what the answer of a token endpoint has. */
function isWhole({ accessToken, refreshToken }: Granted): boolean {
  return TOKEN.test(accessToken) && (refreshToken === undefined || TOKEN.test(refreshToken));
}

/** An answer without a token that could be sent anywhere is none. */
export function wholeOf(redemption: Redemption): Redemption {
  if (redemption.kind !== "granted" || isWhole(redemption.granted)) return redemption;
  return { kind: "unanswered", reason: "it answered with what is no token" };
}

/** Whether the tokens are of another account than the credential. */
export function isOfAnother(record: OAuthRecord, { subject }: Granted): boolean {
  return subject !== undefined && record.subject !== undefined && subject !== record.subject;
}

/** A credential with the tokens that it was given; the old ones are gone. */
export function landed(record: OAuthRecord, granted: Granted, moment: Moment): OAuthRecord {
  const { generation } = moment;
  const subject = record.subject ?? granted.subject;
  return {
    ...without(record, "dead", "flight"),
    ...(subject === undefined ? {} : { subject }),
    generation,
    updatedAt: moment.at,
    access: accessOf(record, granted, moment.askedAt),
    // RFC 6749, section 6: without a new one the old one stays.
    ...(granted.refreshToken === undefined ? {} : { refreshToken: granted.refreshToken }),
  };
}

/** A credential whose refresh token is dead; its access token may live on. */
export function buried(record: OAuthRecord, dead: DeadGrant): OAuthRecord {
  return { ...without(record, "flight"), dead };
}

/** A credential without tokens. */
export function emptied(
  record: OAuthRecord,
  dead: Omit<DeadGrant, "generation">,
  generation: number,
): OAuthRecord {
  return {
    ...without(record, "access", "flight", "refreshToken"),
    generation,
    updatedAt: dead.at,
    dead: { ...dead, generation },
  };
}

/** A credential as it was before the last presentation of its refresh token. */
export function takenBack(record: OAuthRecord, flight: OpenFlight): OAuthRecord {
  if (flight.attempts <= 1) return without(record, "flight");
  return { ...record, flight: { ...flight, attempts: flight.attempts - 1 } };
}

/** No server knows for longer than that; milliseconds. */
function lifeOf(seconds: number): number {
  return Math.min(Math.max(0, seconds), LIMITS.oauthLifeSeconds) * 1000;
}

function accessOf(record: OAuthRecord, granted: Granted, askedAt: number): AccessToken {
  const { accessToken, expiresIn, tokenType } = granted;
  const life = expiresIn === undefined ? ASSUMED_LIFE_MS : lifeOf(expiresIn);
  const scopes = granted.scopes?.filter((scope) => record.scopes.includes(scope));
  return {
    token: accessToken,
    type: TYPE.test(tokenType) ? tokenType : "Bearer",
    obtainedAt: askedAt,
    expiresAt: Math.floor(askedAt + life),
    ...(expiresIn === undefined ? { assumed: true } : {}),
    // What was not asked for is not ours to hand out, whatever the server gave.
    ...(scopes === undefined ? {} : { scopes }),
  };
}
