import type { OAuthServer } from "@strongroom/client/protocol";
import type { TokenEndpointResponse } from "oauth4webapi";
import { getValidatedIdTokenClaims } from "oauth4webapi";
import type { Allowance, Http } from "../http.ts";
import type { Granted, Registration } from "../provider.ts";
import type { LoginClient } from "./client.ts";
import type { Discovered } from "./discovery.ts";
import { unable } from "./refusal.ts";

/** What both ways to sign in stand on. */
export interface Ground {
  readonly http: Http;
  readonly allowance: Allowance;
  readonly found: Discovered;
  readonly client: LoginClient;
  /** What is asked for. */
  readonly scopes: readonly string[];
}

/** Identity and tokens of one account, from one writer. */
export interface SignedIn {
  readonly registration: Registration;
  readonly scopes: readonly string[];
  readonly granted: Granted;
}

/** Wanted of a server that has them: an ID token says whose it is, and a refresh token keeps it. */
const USUAL = ["openid", "offline_access"] as const;

/** What is asked for: what the owner says, or what the resource says, or what is usual there. */
export function scopesFor(
  found: Discovered,
  said: readonly string[] | undefined,
): readonly string[] {
  if (said !== undefined && said.length > 0) return said;
  const has = found.server.scopes_supported ?? [];
  const usual = USUAL.filter((scope) => has.includes(scope));
  return [...new Set([...found.scopes, ...usual])];
}

/** The parameters of a request that say what is asked for. */
export function askedFor({ found, scopes }: Ground): Record<string, string> {
  const { resource } = found;
  return {
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
    ...(resource === undefined ? {} : { resource }),
  };
}

/** Where tokens are to be had, and what for. */
export function serverOf({ privateHost, resource, server }: Discovered): OAuthServer {
  const revocation = server.revocation_endpoint;
  return {
    issuer: server.issuer,
    tokenEndpoint: String(server.token_endpoint),
    ...(revocation === undefined ? {} : { revocationEndpoint: revocation }),
    ...(resource === undefined ? {} : { resource }),
    ...(privateHost === undefined ? {} : { privateHost }),
  };
}

/** What a credential is made of, once the server has given its tokens. */
export function signedIn(
  { client, found, scopes }: Ground,
  answer: TokenEndpointResponse,
): SignedIn {
  if (answer.token_type === "dpop") {
    throw unable("the server binds its tokens to a key, which is not known here", OTHER_CLIENT);
  }
  const subject = getValidatedIdTokenClaims(answer)?.sub;
  return {
    registration: { ...serverOf(found), ...client },
    scopes: answer.scope === undefined ? scopes : answer.scope.split(" ").filter(Boolean),
    granted: {
      accessToken: answer.access_token,
      tokenType: "Bearer",
      ...(answer.expires_in === undefined ? {} : { expiresIn: answer.expires_in }),
      ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
      ...(subject === undefined ? {} : { subject }),
    },
  };
}

const OTHER_CLIENT = "register a client there that does without DPoP: --client-id ID";
