import { StrongroomError } from "@strongroom/client/protocol";
import {
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
  processResourceDiscoveryResponse,
  resourceDiscoveryRequest,
} from "oauth4webapi";
import type { AuthorizationServer, ResourceServer } from "oauth4webapi";
import { privateHostOf } from "../connection.ts";
import { speaking } from "../http.ts";
import type { Allowance, Http } from "../http.ts";
import { permittedUrl } from "../permission.ts";
import { notOurs, unable } from "./refusal.ts";

/** What the URL that an owner typed leads to. */
export interface Discovered {
  readonly server: AuthorizationServer;
  /** What the tokens are for, where that is not the server itself (RFC 8707). */
  readonly resource?: string;
  /** What the resource says that may be asked for. */
  readonly scopes: readonly string[];
  /** The typed host, where it is private or loopback. */
  readonly privateHost?: string;
}

/** What a server names to be spoken to, or shown in a browser. */
const ENDPOINTS = [
  "authorization_endpoint",
  "device_authorization_endpoint",
  "registration_endpoint",
  "revocation_endpoint",
  "token_endpoint",
] as const;

/**
 * Finds the authorization server of a URL: of a resource, such as an MCP server, by what that says
 * of itself (RFC 9728), or else of a server by what stands below its own URL (RFC 8414, OpenID
 * Connect Discovery). Both must call themselves as they were called, and every URL that they name
 * is judged as one that is spoken to. Rejects with `DENIED`, `INVALID` or `UNAVAILABLE`.
 */
export async function discover(
  http: Http,
  typed: string,
  signal: AbortSignal,
): Promise<Discovered> {
  const privateHost = await privateHostOf(typed, http.lookup);
  const url = permittedUrl(typed, privateHost);
  if (url.search !== "" || url.hash !== "") {
    throw unable("the URL of a server has no query", "type it without what follows ? or #");
  }
  const allowance = { privateHost, signal };
  const known = privateHost === undefined ? {} : { privateHost };
  const resource = await resourceAt(http, allowance, url);
  if (resource === undefined) {
    const server = await serverAt(http, allowance, url);
    if (server !== undefined) return { server, scopes: [], ...known };
  }
  const found = resource ?? (await challengedResource(http, allowance, url));
  if (found === undefined) throw nothingAt(url);
  const [issuer = url.origin] = found.authorization_servers ?? [];
  const issued = permittedUrl(issuer, privateHost);
  const server = await serverAt(http, allowance, issued);
  if (server === undefined) throw nothingAt(issued);
  return { server, resource: found.resource, scopes: textsIn(found.scopes_supported), ...known };
}

async function resourceAt(
  http: Http,
  allowance: Allowance,
  url: URL,
): Promise<ResourceServer | undefined> {
  const response = await resourceDiscoveryRequest(url, { ...speaking(http, allowance) });
  return await resourceIn(response, url);
}

/** Where the resource itself, asked without a token, says that its metadata is (section 5.1). */
async function challengedResource(
  http: Http,
  allowance: Allowance,
  url: URL,
): Promise<ResourceServer | undefined> {
  const ask = speaking(http, allowance)[customFetch];
  const get = (href: string): Promise<Response> =>
    ask(href, {
      method: "GET",
      headers: { accept: "application/json" },
      body: undefined,
      redirect: "manual",
    });
  const challenge = (await get(url.href)).headers.get("www-authenticate") ?? "";
  const [, metadata] = /\bresource_metadata="([^"\\]{1,2048})"/.exec(challenge) ?? [];
  return metadata === undefined ? undefined : await resourceIn(await get(metadata), url);
}

async function resourceIn(response: Response, url: URL): Promise<ResourceServer | undefined> {
  if (!(await isObject(response))) return undefined;
  try {
    return await processResourceDiscoveryResponse(url, response);
  } catch {
    throw notOurs(`what ${url.host} says of itself is about another resource`);
  }
}

async function serverAt(
  http: Http,
  allowance: Allowance,
  issuer: URL,
): Promise<AuthorizationServer | undefined> {
  const { privateHost } = allowance;
  const oauth2 = { algorithm: "oauth2", ...speaking(http, allowance) } as const;
  const first = await discoveryRequest(issuer, oauth2);
  if (await isObject(first)) return await serverIn(first, issuer, privateHost);
  const second = await discoveryRequest(issuer, { ...speaking(http, allowance) });
  return (await isObject(second)) ? await serverIn(second, issuer, privateHost) : undefined;
}

async function serverIn(
  response: Response,
  issuer: URL,
  privateHost: string | undefined,
): Promise<AuthorizationServer> {
  let server: AuthorizationServer;
  try {
    server = await processDiscoveryResponse(issuer, response);
  } catch {
    throw notOurs(`what ${issuer.host} says of itself is about another issuer`);
  }
  for (const name of ENDPOINTS) {
    const endpoint = server[name];
    if (endpoint !== undefined) permittedUrl(endpoint, privateHost);
  }
  return server;
}

/** Whether there is metadata; many servers answer what they do not have with a page. */
async function isObject(response: Response): Promise<boolean> {
  if (response.status !== 200) return false;
  const json: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

function nothingAt({ host }: URL): StrongroomError {
  return new StrongroomError("NOT_FOUND", `${host} says nothing of an authorization server`, {
    hint: "type the URL of the issuer, or of the MCP server: strongroom help oauth",
  });
}
