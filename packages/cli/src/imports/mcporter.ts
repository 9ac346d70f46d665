import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { OAuthCredential, OAuthRegistration } from "@strongroom/client/protocol";
import type { Found } from "./found.ts";
import { corrupt, isObject, newer, parseSource, readSource } from "./source-file.ts";

type Fields = { readonly [key: string]: unknown };

/**
 * mcporter's `credentials.json`: OAuth credentials, with a refresh token as `shared`, for mcporter
 * has it too. An entry whose server is not named in it is told, and left out.
 */
export async function readMcporter(path: string): Promise<Found> {
  const credentials: OAuthCredential[] = [];
  const remarks: string[] = [];
  for (const { credential } of credentialsIn(
    parseSource(readSource(path).toString(), path),
    path,
  )) {
    if (typeof credential === "string") remarks.push(credential);
    else credentials.push(credential);
  }
  return { items: [], credentials, remarks };
}

/** The entries of its file: what each is here, or why it is nothing. */
export function* credentialsIn(
  { entries, version }: Fields,
  path: string,
): Generator<{ readonly key: string; readonly credential: OAuthCredential | string }> {
  if (version !== 1 && version !== 2) throw newer(path, "its version");
  if (!isObject(entries)) throw corrupt(path, "it has no entries");
  const taken = new Set<string>();
  for (const [key, entry] of Object.entries(entries)) {
    if (!isObject(entry)) throw corrupt(path, "an entry is no object");
    yield { key, credential: credentialOf(nameOf(key, entry, taken), entry) };
  }
}

/** Where mcporter keeps it. */
export function usualMcporter(env: NodeJS.ProcessEnv): string {
  const { XDG_DATA_HOME: data = "" } = env;
  const below = isAbsolute(data) ? join(data, "mcporter") : join(homedir(), ".mcporter");
  return join(below, "credentials.json");
}

/** Whether it may be in use: its lock is there. */
export function isLocked(path: string): boolean {
  return existsSync(`${path}.lock`);
}

function nameOf(key: string, { serverName }: Fields, taken: Set<string>): string {
  const server =
    typeof serverName === "string" && serverName !== "" ? serverName : key.split("|")[0];
  const plain = `mcp/${server ?? key}`;
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 8);
  const name = taken.has(plain) ? `${plain}-${hash}` : plain;
  taken.add(name);
  return name;
}

function credentialOf(name: string, entry: Fields): OAuthCredential | string {
  const tokens = fieldsOf(entry["tokens"]);
  const registration = registrationOf(entry);
  if (tokens === undefined) return `${name} has no tokens, and is left out`;
  if (registration === undefined) {
    return `${name} does not say which server it is from: strongroom oauth login ${name} URL`;
  }
  const { access_token: accessToken, refresh_token: refreshToken, scope } = tokens;
  const isRefreshable = typeof refreshToken === "string";
  return {
    name,
    registration,
    scopes: typeof scope === "string" ? scope.split(" ").filter((each) => each !== "") : [],
    ...(typeof entry["serverName"] === "string" ? { account: entry["serverName"] } : {}),
    tokens: {
      ...(typeof accessToken === "string" ? { accessToken, ...expiryOf(tokens, entry) } : {}),
      ...(isRefreshable ? { refreshToken } : {}),
    },
    ...(isRefreshable ? { shared: true as const } : {}),
  };
}

function registrationOf(entry: Fields): OAuthRegistration | undefined {
  const client = fieldsOf(entry["clientInfo"]) ?? {};
  const discovered = fieldsOf(entry["discoveryState"]) ?? {};
  const server = fieldsOf(discovered["authorizationServerMetadata"]) ?? {};
  const { revocation_endpoint: revocationEndpoint } = server;
  // What an export of ours says, which mcporter keeps and does not read.
  const said = fieldsOf(entry["strongroom"]) ?? {};
  const issuer = server["issuer"] ?? said["issuer"];
  const tokenEndpoint = server["token_endpoint"] ?? said["tokenEndpoint"];
  const { client_id: clientId, client_secret: clientSecret } = client;
  if (typeof clientId !== "string" || typeof tokenEndpoint !== "string") return undefined;
  if (typeof issuer !== "string") return undefined;
  const resource = entry["resourceUrl"] ?? entry["serverUrl"];
  const hasSecret = typeof clientSecret === "string" && clientSecret !== "";
  const isPosted = client["token_endpoint_auth_method"] === "client_secret_post";
  return {
    issuer,
    tokenEndpoint,
    ...(typeof revocationEndpoint === "string" ? { revocationEndpoint } : {}),
    clientId,
    clientAuth: !hasSecret ? "none" : isPosted ? "client_secret_post" : "client_secret_basic",
    ...(hasSecret ? { clientSecret } : {}),
    ...(typeof resource === "string" ? { resource } : {}),
  };
}

/** Seconds since 1970 by either name, or a life from when the entry was written. */
function expiryOf(tokens: Fields, { updatedAt }: Fields): { readonly expiresAt?: number } {
  const at = tokens["expires_at"] ?? tokens["expiresAt"];
  if (typeof at === "number" && at > 0) return { expiresAt: Math.floor(at * 1000) };
  const written = typeof updatedAt === "string" ? Date.parse(updatedAt) : Number(updatedAt);
  const life = tokens["expires_in"];
  if (typeof life !== "number" || !(written > 0)) return {};
  return { expiresAt: Math.floor(written + life * 1000) };
}

function fieldsOf(value: unknown): Fields | undefined {
  return isObject(value) ? value : undefined;
}
