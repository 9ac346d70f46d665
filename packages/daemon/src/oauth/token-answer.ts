import type { Granted, Redemption } from "./provider.ts";

/** An answer of a token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: string;
  /** The header of that name (RFC 9110 section 10.2.3). */
  readonly retryAfter: string | null;
  /** Milliseconds since 1970, for a Retry-After that is a date. */
  readonly now: number;
}

/** What was presented is dead (RFC 6749 section 5.2); the others are GitHub's and Slack's. */
const DEAD: readonly string[] = ["bad_refresh_token", "invalid_grant", "invalid_refresh_token"];
/** These say to come later, whatever the status. */
const LATER: readonly string[] = ["server_error", "slow_down", "temporarily_unavailable"];
const LATER_STATUS: readonly number[] = [408, 425, 429];
const LONGEST_WAIT_MS = 86_400_000;
/** What may stand in `error` (RFC 6749 section 5.2), in a length that a line takes. */
const ERROR = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,64}$/;

/**
 * What the answer to a refresh token means. It is read in the most tolerant way that is safe: a
 * server that gave new tokens has ended the old ones. An ID token in it is not looked at, for
 * nothing is decided by it.
 */
export function readTokenAnswer({ body, now, retryAfter, status }: TokenAnswer): Redemption {
  const json = objectIn(body);
  const error = json?.["error"];
  const code = typeof error === "string" && ERROR.test(error) ? error : undefined;
  const isBusy = status >= 500 || LATER_STATUS.includes(status);
  // Who says that it is too often has answered; what is between us and a server says the others too.
  if (isBusy && body === "" && status !== 429) {
    return { kind: "unanswered", reason: `it answered with status ${status} and without a body` };
  }
  if (isBusy || (code !== undefined && LATER.includes(code))) {
    const retryAfterMs = waitOf(retryAfter, now);
    return { kind: "busy", status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (status === 200 && typeof json?.["access_token"] === "string" && json["access_token"] !== "") {
    return { kind: "granted", granted: grantedOf(json, json["access_token"]) };
  }
  if (code !== undefined && DEAD.includes(code)) return { kind: "rejected", error: code };
  if (code !== undefined) return { kind: "misconfigured", error: code };
  // A token endpoint that redeemed something does not say so with these; nothing is followed.
  if (status >= 300) return { kind: "misconfigured", error: `status ${status}` };
  return { kind: "unanswered", reason: `it answered with status ${status} and without a token` };
}

function objectIn(body: string): { readonly [key: string]: unknown } | undefined {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
    return json as { readonly [key: string]: unknown };
  } catch {
    return undefined;
  }
}

function grantedOf(json: { readonly [key: string]: unknown }, accessToken: string): Granted {
  const { expires_in: expires, refresh_token: refresh, scope, token_type: type } = json;
  // Some servers write the number as a text.
  const expiresIn = typeof expires === "string" ? Number.parseFloat(expires) : expires;
  const scopes =
    typeof scope === "string" ? scope.split(/[\s,]+/).filter((each) => each !== "") : [];
  return {
    accessToken,
    tokenType: typeof type === "string" && type !== "" ? type : "Bearer",
    ...(typeof expiresIn === "number" && expiresIn >= 0 && Number.isFinite(expiresIn)
      ? { expiresIn }
      : {}),
    ...(typeof refresh === "string" && refresh !== "" ? { refreshToken: refresh } : {}),
    ...(scopes.length > 0 ? { scopes } : {}),
  };
}

function waitOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  // `Date.parse` finds a date in nearly anything.
  const date = header.endsWith(" GMT") ? Date.parse(header) : Number.NaN;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : date - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_WAIT_MS);
}
