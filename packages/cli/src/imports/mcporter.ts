import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { shellWord } from "@strongroom/client/protocol";
import type { OAuthCredential, OAuthRegistration } from "@strongroom/client/protocol";
import type { Asked, Found } from "./found.ts";
import { accountsIn } from "./mcporter-account.ts";
import type { Account } from "./mcporter-account.ts";
import { parseSource } from "./source-file.ts";
import { readText } from "./source-text.ts";

/**
 * mcporter's `credentials.json`: OAuth credentials, with a refresh token as `shared`, for mcporter
 * has it too. Where tokens are to be had stands in none that its published versions write: a server
 * that was named is asked, what is of another one is told, and left out.
 */
export async function readMcporter(
  path: string,
  { server }: Pick<Asked, "server"> = {},
): Promise<Found> {
  const credentials: OAuthCredential[] = [];
  const remarks: string[] = [];
  for (const { account } of accountsIn(parseSource(readText(path), path), path)) {
    const credential = await credentialOf(account, path, server);
    if (typeof credential === "string") remarks.push(credential);
    else {
      const { name, plain } = account;
      if (!name.startsWith(plain)) remarks.push(`a name was not fit for a vault, and is ${name}`);
      credentials.push(credential);
    }
  }
  return { items: [], credentials, remarks };
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

async function credentialOf(
  account: Account,
  path: string,
  ask: Asked["server"],
): Promise<OAuthCredential | string> {
  const { label, name, scopes, tokens } = account;
  if (tokens === undefined) return `${name} has no tokens, and is left out`;
  const registration = await registrationOf(account, path, ask);
  if (typeof registration === "string") return registration;
  return {
    name,
    registration,
    scopes,
    ...(label === undefined ? {} : { account: label }),
    tokens,
    ...(tokens.refreshToken === undefined ? {} : { shared: true as const }),
  };
}

async function registrationOf(
  { client, name, server }: Account,
  path: string,
  ask: Asked["server"],
): Promise<OAuthRegistration | string> {
  const { issuer, resource, tokenEndpoint } = server;
  const isKnown = issuer !== undefined && tokenEndpoint !== undefined;
  if (!isKnown && resource === undefined) {
    return `${name} does not say which server it is from: strongroom oauth login ${name} URL`;
  }
  if (client === undefined) {
    return `${name} does not say of which client it is: strongroom oauth login ${name} URL`;
  }
  if (isKnown) return { ...server, issuer, tokenEndpoint, ...client };
  const found = await ask?.(resource ?? "");
  if (found === undefined) {
    return `${name} does not say where its tokens are to be had; to have its server asked: strongroom import --from mcporter --discover ${shellWord(resource ?? "")} ${shellWord(path)}`;
  }
  if (issuer !== undefined && issuer !== found.issuer) {
    return `${name} has tokens of ${issuer}, and its server names ${found.issuer}: it is left out`;
  }
  return { ...found, ...client };
}
