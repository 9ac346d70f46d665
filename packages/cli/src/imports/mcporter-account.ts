import { createHash } from "node:crypto";
import type {
  OAuthEntry,
  OAuthRegistration,
  OAuthServer,
  OAuthTokens,
} from "@strongroom/client/protocol";
import { importName } from "./names.ts";
import { corrupt, isObject, newer } from "./source-file.ts";

type Fields = { readonly [key: string]: unknown };

/** An entry of mcporter's file, as far as it says what it is. */
export interface Account {
  /** What an import calls it. */
  readonly name: string;
  /** What it would be called if a name might be anything. */
  readonly plain: string;
  /** As mcporter calls it. */
  readonly label?: string;
  /** Absent: it was never signed in, or mcporter has cleared it. */
  readonly tokens?: OAuthTokens;
  readonly scopes: readonly string[];
  readonly client?: Pick<OAuthRegistration, "clientAuth" | "clientId" | "clientSecret">;
  readonly server: Partial<OAuthServer>;
  /** The tokens are those that the vault has written there. */
  readonly isFed: boolean;
}

/** Says in the tokens of an entry whose they are; a sign-in with mcporter writes others. */
export const FED = "__strongroom_fed";

/** The entries of mcporter's file, which is of version 1 or 2. */
export function* accountsIn(
  { entries, version }: Fields,
  path: string,
): Generator<{ readonly key: string; readonly account: Account }> {
  if (version !== 1 && version !== 2) throw newer(path, "its version");
  if (!isObject(entries)) throw corrupt(path, "it has no entries");
  const taken = new Set<string>();
  for (const [key, entry] of Object.entries(entries)) {
    if (!isObject(entry)) throw corrupt(path, "an entry is no object");
    const plain = plainOf(key, entry);
    const account = accountOf({ name: nameOf(key, plain, taken), plain }, entry);
    yield { key, account };
  }
}

/** Whether an entry is of the server of a credential, as far as it says of which. */
export function isOfServer({ server }: Account, credential: OAuthEntry): boolean {
  const { issuer, resource, tokenEndpoint } = server;
  if (tokenEndpoint !== undefined) return tokenEndpoint === credential.tokenEndpoint;
  if (issuer !== undefined) return issuer === credential.issuer;
  return resource !== undefined && originOf(resource) === originOf(credential.resource);
}

function originOf(url = ""): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function plainOf(key: string, { serverName }: Fields): string {
  const server =
    typeof serverName === "string" && serverName !== "" ? serverName : key.split("|")[0];
  return `mcp/${server ?? key}`;
}

function nameOf(key: string, plain: string, taken: Set<string>): string {
  const fit = importName(plain) ?? plain;
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 8);
  const name = taken.has(fit) ? `${fit}-${hash}` : fit;
  taken.add(name);
  return name;
}

function accountOf(names: Pick<Account, "name" | "plain">, entry: Fields): Account {
  const tokens = fieldsOf(entry["tokens"]);
  const client = clientOf(fieldsOf(entry["clientInfo"]));
  const { serverName: label } = entry;
  const scope = tokens?.["scope"];
  return {
    ...names,
    ...(typeof label === "string" && label !== "" ? { label } : {}),
    ...(tokens === undefined ? {} : { tokens: tokensOf(tokens, entry) }),
    scopes: typeof scope === "string" ? scope.split(" ").filter((each) => each !== "") : [],
    ...(client === undefined ? {} : { client }),
    server: serverOf(entry),
    isFed: tokens?.[FED] === true,
  };
}

function tokensOf(tokens: Fields, entry: Fields): OAuthTokens {
  const { access_token: accessToken, refresh_token: refreshToken } = tokens;
  return {
    ...(typeof accessToken === "string" ? { accessToken, ...expiryOf(tokens, entry) } : {}),
    ...(typeof refreshToken === "string" ? { refreshToken } : {}),
  };
}

function clientOf(client: Fields = {}): Account["client"] {
  const { client_id: clientId, client_secret: clientSecret } = client;
  if (typeof clientId !== "string") return undefined;
  if (typeof clientSecret !== "string" || clientSecret === "") {
    return { clientId, clientAuth: "none" };
  }
  const isPosted = client["token_endpoint_auth_method"] === "client_secret_post";
  const clientAuth = isPosted ? "client_secret_post" : "client_secret_basic";
  return { clientId, clientAuth, clientSecret };
}

function serverOf(entry: Fields): Partial<OAuthServer> {
  const discovered = fieldsOf(entry["discoveryState"]) ?? {};
  const server = fieldsOf(discovered["authorizationServerMetadata"]) ?? {};
  // What an export of ours says, which mcporter keeps and does not read.
  const said = fieldsOf(entry["strongroom"]) ?? {};
  const own = [entry["tokens"], entry["clientInfo"]].map((each) => fieldsOf(each)?.["issuer"]);
  return {
    ...text("issuer", server["issuer"], said["issuer"], ...own),
    ...text("tokenEndpoint", server["token_endpoint"], said["tokenEndpoint"]),
    ...text("revocationEndpoint", server["revocation_endpoint"]),
    ...text("resource", entry["resourceUrl"], entry["serverUrl"]),
  };
}

/** The first of some that is a text, by a name; nothing where none is. */
function text(name: keyof OAuthServer, ...values: readonly unknown[]): Partial<OAuthServer> {
  const found = values.find((each) => typeof each === "string");
  return found === undefined ? {} : { [name]: found };
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
