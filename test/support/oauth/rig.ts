import { createHash, randomBytes } from "node:crypto";
import type { Registration } from "@strongroom/daemon/src/oauth/provider.ts";
import { CLIENT_ID, startAuthorizationServer } from "./authorization-server.ts";
import type { Counts, ServerOptions } from "./authorization-server.ts";
import { Browser } from "./browser.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import type { Fault } from "./fault-proxy.ts";

/** Counts of the server, and of the proxy in front of it. */
export interface RigCounts extends Counts {
  /** Refresh requests that arrived, whatever became of them. */
  readonly presentations: number;
  /** How often the token was presented that was presented most often. */
  readonly mostOfOne: number;
}

/** What a first login gives: all that a credential is made of. */
export interface FirstGrant {
  readonly registration: Registration;
  readonly accessToken: string;
  readonly tokenType: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
  readonly subject: string;
}

/** A real authorization server with a proxy in front that makes faults; in any process. */
export interface Rig {
  /** Also its origin. */
  readonly issuer: string;
  counts(): Promise<RigCounts>;
  /** What happens to refreshes from now on; nothing without one. */
  fault(fault?: Fault): Promise<void>;
  /** Signs an account in, as a person with a browser would. */
  grant(account?: string, scopes?: readonly string[]): Promise<FirstGrant>;
  close(): Promise<void>;
}

/** A rig in this process, where more can be done to it. */
export interface LocalRig extends Rig {
  /** What is waited for before a refresh goes on to the server. */
  hold(before: () => Promise<void>): void;
  /** Answers at a path what the server would not. */
  answer(path: string, status: number, body: object): void;
  /** The same, each time the next. */
  answerEach(path: string, answer: () => readonly [status: number, body: object]): void;
  /** Whom the next login is. */
  signsIn(account: string): void;
}

/** Starts a rig in this process. */
export async function startRig(options: ServerOptions = {}): Promise<LocalRig> {
  let port = 0;
  const proxy = await startFaultProxy(() => port);
  const server = await startAuthorizationServer(proxy.origin, options);
  ({ port } = server);
  const issuer = proxy.origin;
  const answerEach: LocalRig["answerEach"] = (path, answer) => {
    proxy.answer(path, () => {
      const [status, body] = answer();
      const headers = { "content-type": "application/json" };
      return { status, headers, body: JSON.stringify(body) };
    });
  };
  return {
    issuer,
    counts: () => {
      const each = [...proxy.presented.tokens.values()];
      return Promise.resolve({
        ...server.counts,
        presentations: each.reduce((sum, n) => sum + n, 0),
        mostOfOne: Math.max(0, ...each),
      });
    },
    fault: (fault) => Promise.resolve(proxy.fault(fault)),
    grant: (account, scopes) => {
      if (account !== undefined) server.account = account;
      return firstGrant(issuer, scopes);
    },
    hold: (before) => {
      proxy.before = before;
    },
    answer: (path, status, body) => answerEach(path, () => [status, body]),
    answerEach,
    signsIn: (account) => {
      server.account = account;
    },
    close: async () => {
      await proxy.close();
      await server.close();
    },
  };
}

/** The pinned registration of the public client of a rig. */
function registrationOf(issuer: string): Registration {
  return {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    revocationEndpoint: `${issuer}/token/revocation`,
    clientId: CLIENT_ID,
    clientAuth: "none",
    privateHost: "127.0.0.1",
  };
}

const REDIRECT = "http://127.0.0.1:1/callback";

async function firstGrant(
  issuer: string,
  scopes: readonly string[] = ["openid", "offline_access", "read"],
): Promise<FirstGrant> {
  const verifier = randomBytes(32).toString("base64url");
  const url = new URL(`${issuer}/auth`);
  url.search = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: "code",
    redirect_uri: REDIRECT,
    scope: scopes.join(" "),
    prompt: "consent",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
  const end = new URL(await new Browser().signIn(url.href));
  const answer = await fetch(`${issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: end.searchParams.get("code") ?? "",
      redirect_uri: REDIRECT,
      client_id: CLIENT_ID,
      code_verifier: verifier,
    }),
  });
  const got = (await answer.json()) as { readonly [name: string]: string };
  if (answer.status !== 200) throw new Error(`no first grant: ${JSON.stringify(got)}`);
  const claims = JSON.parse(
    Buffer.from(got["id_token"]?.split(".")[1] ?? "", "base64url").toString(),
  ) as { readonly sub: string };
  return {
    registration: registrationOf(issuer),
    accessToken: got["access_token"] ?? "",
    tokenType: got["token_type"] ?? "",
    expiresIn: Number(got["expires_in"]),
    refreshToken: got["refresh_token"] ?? "",
    scopes: (got["scope"] ?? "").split(" "),
    subject: claims.sub,
  };
}
