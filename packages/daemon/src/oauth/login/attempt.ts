import type { Allowance, Http } from "../http.ts";
import { beginCode } from "./code.ts";
import { registerClient } from "./client.ts";
import type { LoginClient } from "./client.ts";
import { beginDevice } from "./device.ts";
import type { Pause } from "./device.ts";
import { discover } from "./discovery.ts";
import type { Discovered } from "./discovery.ts";
import { scopesFor } from "./ground.ts";
import type { Ground, SignedIn } from "./ground.ts";
import { listenForAnswer } from "./loopback.ts";
import { abandoned, expired, unable } from "./refusal.ts";

/** What an owner asks for who signs in. */
export interface LoginAsked {
  /** Of an issuer, or of a resource such as an MCP server. */
  readonly url: string;
  readonly flow: "device" | "loopback";
  /** A client that is registered there already. */
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
}

/** What a person is shown to sign in by. */
export interface LoginShown {
  /** The page; with a code in it where it may be. */
  readonly url: string;
  readonly userCode?: string;
  /** The page that the code is typed on. */
  readonly verificationUri?: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resource?: string;
  /** Milliseconds since 1970: after this the page is of no use. */
  readonly expiresAt: number;
}

/** What an attempt is made with. */
export interface AttemptParts {
  readonly http: Http;
  readonly pause: Pause;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told once, when somebody can sign in. */
  readonly shown: (shown: LoginShown) => void;
}

/** Milliseconds that a page may stay open for. */
const LOOPBACK_MS = 300_000;

/** Signs in: finds the server, has a client, shows a page, waits, and gets the tokens. */
export async function attempt(asked: LoginAsked, parts: AttemptParts): Promise<SignedIn> {
  const { http, signal } = parts;
  const found = await discover(http, asked.url, signal);
  const allowance: Allowance = { privateHost: found.privateHost, signal };
  const scopes = scopesFor(found, asked.scopes);
  const ground = { http, allowance, found, scopes };
  return asked.flow === "device"
    ? await byDevice(asked, parts, ground)
    : await byLoopback(asked, parts, ground);
}

async function byLoopback(
  asked: LoginAsked,
  { shown, signal }: AttemptParts,
  ground: Omit<Ground, "client">,
): Promise<SignedIn> {
  const loopback = await listenForAnswer();
  const late = setTimeout(() => loopback.close(expired()), LOOPBACK_MS);
  const leave = (): void => loopback.close(abandoned());
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  try {
    const { redirectUri } = loopback;
    const client = await clientFor(asked, ground, redirectUri);
    const flow = await beginCode({ ...ground, client }, loopback);
    shown({ url: flow.url, ...describe(ground, client), expiresAt: Date.now() + LOOPBACK_MS });
    return await flow.finish(await loopback.answer);
  } finally {
    clearTimeout(late);
    signal.removeEventListener("abort", leave);
    leave();
  }
}

async function byDevice(
  asked: LoginAsked,
  { pause, shown }: AttemptParts,
  ground: Omit<Ground, "client">,
): Promise<SignedIn> {
  const client = await clientFor(asked, ground);
  const flow = await beginDevice({ ...ground, client });
  const { userCode, verificationUri, verificationUriComplete: whole } = flow;
  shown({
    url: whole ?? verificationUri,
    userCode,
    verificationUri,
    ...describe(ground, client),
    expiresAt: Date.now() + flow.expiresIn * 1000,
  });
  return await flow.finish(pause);
}

async function clientFor(
  { clientId, clientSecret }: LoginAsked,
  { allowance, found, http, scopes }: Omit<Ground, "client">,
  redirectUri?: string,
): Promise<LoginClient> {
  if (clientId === undefined) {
    const where = redirectUri === undefined ? {} : { redirectUri };
    return await registerClient(http, allowance, found.server, { ...where, scopes });
  }
  if (clientSecret === undefined) return { clientId, clientAuth: "none" };
  return { clientId, clientAuth: authFor(found), clientSecret };
}

/** RFC 8414 section 2: without a word it is the first. */
function authFor({ server }: Discovered): "client_secret_basic" | "client_secret_post" {
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  if (methods.includes("client_secret_basic")) return "client_secret_basic";
  if (methods.includes("client_secret_post")) return "client_secret_post";
  throw unable("the server takes no secret of a client", "leave the secret away");
}

function describe(
  { found, scopes }: Omit<Ground, "client">,
  { clientId }: LoginClient,
): Pick<LoginShown, "clientId" | "issuer" | "resource" | "scopes"> {
  const { resource, server } = found;
  return {
    issuer: server.issuer,
    clientId,
    scopes,
    ...(resource === undefined ? {} : { resource }),
  };
}
