import { createHash, randomUUID } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";
import type { OAuthEntry } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import type { Left, Moved } from "./moved.ts";

/** A credential whose refresh token has left: it is to go here, too, as it was when it left. */
export interface Gone {
  readonly name: string;
  readonly generation: number;
}

/**
 * mcporter's `credentials.json`, version 1, which all of its versions read: the OAuth credentials
 * below a prefix, under what follows it. Without `isRetired` their access tokens alone: who has the
 * refresh token as well ends it for both. With it the refresh token leaves, too, each recorded.
 */
export async function mcporterFile(
  caller: Caller,
  prefix: string,
  isRetired: boolean,
): Promise<Moved & { readonly gone: readonly Gone[] }> {
  const { credentials } = await caller.call("oauth/list", {});
  const entries: { [key: string]: object } = {};
  const left: Left[] = [];
  const gone: Gone[] = [];
  for (const credential of credentials.filter(({ name }) => name.startsWith(prefix))) {
    const found = await leavingOf(caller, credential, isRetired);
    if (typeof found === "string") {
      left.push({ name: credential.name, why: found });
      continue;
    }
    const serverName = credential.name.slice(prefix.length);
    entries[keyOf(serverName, credential.resource ?? "")] = entryOf(credential, serverName, found);
    if (found.refreshToken !== undefined)
      gone.push({ name: credential.name, generation: found.generation });
    else if (credential.refreshable)
      left.push({ name: credential.name, why: whyKept(credential, isRetired) });
  }
  const content = Buffer.from(`${JSON.stringify({ version: 1, entries }, undefined, 2)}\n`);
  return { content, count: Object.keys(entries).length, left, remarks: [], gone };
}

interface Tokens {
  readonly accessToken: string;
  readonly tokenType: string;
  readonly expiresAt: number;
  readonly scopes: readonly string[];
  readonly generation: number;
  readonly refreshToken?: string;
}

async function leavingOf(
  caller: Caller,
  { clientAuth, name, refreshable, resource, state }: OAuthEntry,
  isRetired: boolean,
): Promise<Tokens | string> {
  if (resource === undefined) return "is of no MCP server whose URL is known";
  try {
    const access = await caller.call("oauth/token", { name });
    const mayLeave = isRetired && refreshable && clientAuth === "none" && state === "ok";
    if (!mayLeave) return access;
    const { generation, refreshToken } = await caller.call("oauth/export-refresh", { name });
    // Refreshed in between: that access token is the older one, and lives as long as it says.
    return { ...access, generation, refreshToken };
  } catch (error) {
    if (!(error instanceof StrongroomError) || error.code !== "REAUTHORIZE") throw error;
    return "gives no access token any more";
  }
}

function whyKept({ clientAuth, state }: OAuthEntry, isRetired: boolean): string {
  if (!isRetired) return "keeps its refresh token here: --retire lets it leave";
  if (state === "shared") return "keeps its refresh token here: its source has it still";
  if (clientAuth !== "none")
    return "keeps its refresh token here: its client has a secret, which stays";
  return "keeps its refresh token here: it is not in order";
}

/** By its name, its URL, and no program. */
function keyOf(name: string, url: string): string {
  const text = JSON.stringify({ name, url, command: null });
  return `${name}|${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}

function entryOf(
  { clientId, issuer, resource, tokenEndpoint }: OAuthEntry,
  serverName: string,
  tokens: Tokens,
): object {
  const { accessToken, expiresAt, refreshToken, scopes, tokenType } = tokens;
  const now = Date.now();
  return {
    serverName,
    serverUrl: resource,
    updatedAt: new Date(now).toISOString(),
    tokens: {
      access_token: accessToken,
      token_type: tokenType,
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
      expires_in: Math.max(0, Math.floor((expiresAt - now) / 1000)),
      expires_at: Math.floor(expiresAt / 1000),
      __mcporter_generation: randomUUID(),
    },
    clientInfo: { client_id: clientId, token_endpoint_auth_method: "none" },
    // Not as what it has discovered itself: that would have to be whole. An import reads it.
    strongroom: { issuer, tokenEndpoint },
  };
}
