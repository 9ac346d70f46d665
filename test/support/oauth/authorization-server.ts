import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Context, Interaction } from "oidc-provider";
import type Provider from "oidc-provider";

/** What an authorization server has seen. */
export interface Counts {
  /** Refresh tokens that were redeemed for new ones. */
  redemptions: number;
  /** Times that one was presented which had been redeemed: its family is revoked. */
  reuse: number;
  revokedGrants: number;
  /** Requests to the revocation endpoint that were granted. */
  revocations: number;
  /** Authorization and device codes that were redeemed. */
  codes: number;
  registrations: number;
  /** Times that a person signed in. */
  logins: number;
}

/** How the authorization server of a test is. */
export interface ServerOptions {
  /** Seconds; 3600 when it is not said. */
  readonly accessTokenSeconds?: number;
  /** Whom the next login is; `alice` when it is not said. */
  readonly account?: string;
}

/** The public client that everybody may use: loopback redirects on any port, and devices. */
export const CLIENT_ID = "strongroom-test";
/** The confidential client, and its secret. */
export const SECRET_CLIENT = { id: "strongroom-secret", secret: "a-client-secret" } as const;

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const GRANTS = ["authorization_code", "refresh_token", DEVICE_GRANT];
const SCOPES = ["openid", "offline_access", "read", "write"];

/** A real authorization server (oidc-provider): refresh tokens rotate, reuse revokes the grant. */
export interface AuthorizationServer {
  readonly port: number;
  readonly counts: Counts;
  /** Whom the next login is. */
  account: string;
  close(): Promise<void>;
}

/** Starts it on 127.0.0.1; `issuerOf` gives the issuer, whose port may be another's. */
export async function startAuthorizationServer(
  issuer: string,
  { accessTokenSeconds = 3600, account = "alice" }: ServerOptions = {},
): Promise<AuthorizationServer> {
  const Constructor = await quietly();
  const counts = none();
  const provider = new Constructor(issuer, configuration(accessTokenSeconds));
  const started = { account };
  provider.use((context, next) => count(counts, context, next));
  provider.use((context, next) => sign(provider, { counts, started }, context, next));
  provider.on("grant.error", (_context, error) => {
    if (error.error_detail === "refresh token already used") counts.reuse += 1;
  });
  provider.on("grant.revoked", () => {
    counts.revokedGrants += 1;
  });
  const server = createServer(provider.callback());
  const port = await listening(server);
  return {
    port,
    counts,
    get account() {
      return started.account;
    },
    set account(name) {
      started.account = name;
    },
    close: () => closed(server),
  };
}

/** Listens on 127.0.0.1 on a free port, and says which. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Ends a server and all its connections. */
export async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function none(): Counts {
  return {
    redemptions: 0,
    reuse: 0,
    revokedGrants: 0,
    revocations: 0,
    codes: 0,
    registrations: 0,
    logins: 0,
  };
}

/** It warns of what is right in a test. */
async function quietly(): Promise<typeof Provider> {
  for (const level of ["info", "warn"] as const) {
    const say = console[level].bind(console);
    console[level] = (...words: unknown[]) => {
      if (!String(words[0]).includes("oidc-provider ")) say(...words);
    };
  }
  return (await import("oidc-provider")).default;
}

function configuration(accessTokenSeconds: number): object {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const client = {
    application_type: "native",
    redirect_uris: ["http://127.0.0.1/callback"],
    response_types: ["code"],
    grant_types: GRANTS,
  };
  return {
    clients: [
      { ...client, client_id: CLIENT_ID, token_endpoint_auth_method: "none" },
      { ...client, client_id: SECRET_CLIENT.id, client_secret: SECRET_CLIENT.secret },
    ],
    // A token that has ended is taken by nobody any more; it would be for 15 s.
    clockTolerance: 0,
    cookies: { keys: ["a test"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" }] },
    scopes: SCOPES,
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: (_context: unknown, asking: import("oidc-provider").Client) =>
      asking.grantTypeAllowed("refresh_token"),
    ttl: { AccessToken: accessTokenSeconds, RefreshToken: 86_400, Grant: 86_400, Session: 86_400 },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      registration: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, audience: string) => ({
          audience,
          scope: "read write",
          accessTokenTTL: accessTokenSeconds,
          accessTokenFormat: "opaque",
        }),
      },
    },
    routes: { registration: "/register" },
    renderError: (context: Context, out: object) => {
      context.body = JSON.stringify(out);
    },
  };
}

async function count(counts: Counts, context: Context, next: () => Promise<void>): Promise<void> {
  await next();
  const { oidc, status } = context;
  if (oidc?.route === "token" && status === 200) {
    if (oidc.params?.["grant_type"] === "refresh_token") counts.redemptions += 1;
    else counts.codes += 1;
  }
  if (oidc?.route === "revocation" && status === 200) counts.revocations += 1;
  if (oidc?.route === "registration" && status === 201) counts.registrations += 1;
}

/** What a person does: signs in, and allows all that is asked for. */
async function sign(
  provider: Provider,
  { counts, started }: { counts: Counts; started: { readonly account: string } },
  context: Context,
  next: () => Promise<void>,
): Promise<void> {
  if (!context.path.startsWith("/interaction/")) return await next();
  const asked = await provider.interactionDetails(context.req, context.res);
  if (asked.prompt.name === "login") {
    counts.logins += 1;
    const login = { accountId: started.account };
    return await provider.interactionFinished(context.req, context.res, { login });
  }
  const consent = { grantId: await granted(provider, asked) };
  const merged = { mergeWithLastSubmission: true };
  await provider.interactionFinished(context.req, context.res, { consent }, merged);
}

async function granted(provider: Provider, asked: Interaction): Promise<string> {
  const { params, prompt, session } = asked;
  const known = asked.grantId === undefined ? undefined : await provider.Grant.find(asked.grantId);
  const accountId = session?.accountId ?? "";
  const grant = known ?? new provider.Grant({ accountId, clientId: params["client_id"] ?? "" });
  const { missingOIDCClaims, missingOIDCScope, missingResourceScopes = {} } = prompt.details;
  if (missingOIDCScope !== undefined) grant.addOIDCScope(missingOIDCScope.join(" "));
  if (missingOIDCClaims !== undefined) grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes)) {
    grant.addResourceScope(resource, scopes.join(" "));
  }
  return await grant.save();
}
