import { randomUUID } from "node:crypto";
import type { OAuthAccess, OAuthEntry } from "@strongroom/client/protocol";
import { accountsIn, FED, isOfServer } from "../imports/mcporter-account.ts";
import type { Account } from "../imports/mcporter-account.ts";
import { underLock } from "../imports/mcporter-lock.ts";
import { isObject, parseSource } from "../imports/source-file.ts";
import { replaceFile } from "../replace-file.ts";
import { withValue } from "./json-span.ts";
import { readText } from "./text.ts";

/** mcporter holds its lock for a read and a write: one that stays for longer is told. */
const PATIENCE_MS = 1000;

type Fields = { readonly [key: string]: unknown };

/**
 * What mcporter's file has of a credential: `ours`, an account that may be given access tokens;
 * `absent`; `other`, one of another client or server; `own`, with a refresh token, which mcporter
 * refreshes itself; `claimed`, one that another credential of the vault is for as well.
 */
export type Standing = "absent" | "claimed" | "other" | "ours" | "own";

/** What is asked of the file. */
export interface Wanted {
  readonly credentials: readonly OAuthEntry[];
  /** By the name of the credential; what is not `ours` there gets none. */
  readonly tokens: ReadonlyMap<string, OAuthAccess>;
}

/**
 * Says how each credential stands in mcporter's file, and writes the access tokens there, under its
 * lock, whole or not at all. What is not of those accounts' tokens stays byte for byte. `BUSY` where
 * mcporter's lock stays for a second.
 */
export async function settle(
  file: string,
  { credentials, tokens }: Wanted,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Standing>> {
  return await underLock(file, () => Promise.resolve(settled(file, { credentials, tokens })), {
    patience: PATIENCE_MS,
    ...(signal === undefined ? {} : { signal }),
  });
}

function settled(file: string, { credentials, tokens }: Wanted): ReadonlyMap<string, Standing> {
  const before = readText(file);
  const whole = parseSource(before, file);
  const standings = new Map<string, Standing>(credentials.map(({ name }) => [name, "absent"]));
  let text = before;
  for (const { key, account } of accountsIn(whole, file)) {
    if (account.tokens === undefined) continue;
    const isOwn = account.tokens.refreshToken !== undefined;
    const named = claimants(credentials, account.name);
    const ours = named.filter(
      (each) => isOfServer(account, each) && (isOwn || isOfClient(account, each)),
    );
    for (const each of named) standings.set(each.name, "other");
    for (const { name } of ours) {
      standings.set(name, isOwn ? "own" : ours.length > 1 ? "claimed" : "ours");
    }
    const token = tokens.get(ours[0]?.name ?? "");
    if (!isOwn && ours.length === 1 && token !== undefined) text = given(text, whole, key, token);
  }
  if (text !== before) replaceFile(file, Buffer.from(text));
  return standings;
}

/** The credentials that an import would have made of an entry, as it named them or below a prefix. */
function claimants(credentials: readonly OAuthEntry[], name: string): readonly OAuthEntry[] {
  const exact = credentials.filter((each) => each.name === name);
  return exact.length > 0 ? exact : credentials.filter((each) => each.name.endsWith(`/${name}`));
}

/**
 * A token that a server refuses has mcporter register another client for a sign-in, and forget the
 * one that it had: what stands there is the vault's all the same.
 */
function isOfClient({ client, isFed }: Account, { clientId }: OAuthEntry): boolean {
  return client === undefined || client.clientId === clientId || isFed;
}

/** The text with that token in that entry; the same where it has it. */
function given(text: string, whole: Fields, key: string, access: OAuthAccess): string {
  const entry = isObject(whole["entries"]) ? whole["entries"][key] : undefined;
  if (!isObject(entry) || !isObject(entry["tokens"])) return text;
  if (entry["tokens"]["access_token"] === access.accessToken) return text;
  const now = Date.now();
  const tokens = withValue(
    text,
    ["entries", key, "tokens"],
    tokensOf(entry["tokens"], access, now),
  );
  if (!("updatedAt" in entry)) return tokens;
  const isNumber = typeof entry["updatedAt"] === "number";
  const updatedAt = isNumber ? now : new Date(now).toISOString();
  return withValue(tokens, ["entries", key, "updatedAt"], updatedAt);
}

function tokensOf(before: Fields, access: OAuthAccess, now: number): Fields {
  const { refresh_token: _, ...kept } = before;
  const { accessToken, expiresAt, scopes, tokenType } = access;
  const seconds = Math.floor(expiresAt / 1000);
  return {
    ...kept,
    access_token: accessToken,
    token_type: tokenType,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
    expires_in: Math.max(0, Math.floor((expiresAt - now) / 1000)),
    expires_at: seconds,
    ...("expiresAt" in before ? { expiresAt: seconds } : {}),
    // It says to others that read it before that it is another one.
    __mcporter_generation: randomUUID(),
    [FED]: true,
  };
}
