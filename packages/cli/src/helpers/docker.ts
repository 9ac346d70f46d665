import { createHash } from "node:crypto";
import { LIMITS } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { listAll } from "../pages.ts";
import { textOf } from "./text.ts";

/** What docker takes for an answer, word by word. */
export const NOT_FOUND = "credentials not found in native keychain";
const NO_URL = "no credentials server URL";
const NO_USER = "no credentials username";
const NO_SECRET = "credentials secret is no text";

/** What is printed, and whether it is an answer. */
export interface Answer {
  readonly text: string;
  readonly isError: boolean;
}

interface Stored {
  readonly username: string;
  readonly secret: string;
  /** Where its name is too short to hold it. */
  readonly url?: string;
}

/** One request of docker to its credential helper: `store`, `get`, `erase`, `list`. */
export async function dockerCredential(
  caller: Caller,
  operation: string,
  input: string,
): Promise<Answer> {
  if (operation === "store") return await store(caller, input);
  if (operation === "get") return await get(caller, input.trim());
  if (operation === "erase") return await erase(caller, input.trim());
  if (operation === "list") return await list(caller);
  return said(`Unknown credential action ${JSON.stringify(operation)}`);
}

/** What a server's credential is called: by its URL, percent-encoded, or where that is too long by its hash. */
function nameOf(url: string): string {
  const encoded = encodeURIComponent(url).replaceAll("*", "%2A");
  const name = `docker/${/^\.\.?$/u.test(encoded) ? encoded.replaceAll(".", "%2E") : encoded}`;
  if (name.length <= LIMITS.nameBytes) return name;
  // No URL is called so: its colon would be encoded.
  return `docker/sha256:${createHash("sha256").update(url).digest("hex")}`;
}

/** Undefined for a name that somebody else made, and none of docker's. */
function urlOf(name: string, { url }: Stored): string | undefined {
  const found = url ?? decoded(name.slice("docker/".length));
  return found !== undefined && nameOf(found) === name ? found : undefined;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

async function get(caller: Caller, url: string): Promise<Answer> {
  if (url === "") return said(NO_URL);
  const stored = await read(caller, nameOf(url));
  if (stored === undefined) return said(NOT_FOUND);
  return told({ ServerURL: url, Username: stored.username, Secret: stored.secret });
}

async function store(caller: Caller, input: string): Promise<Answer> {
  const { Secret: secret = "", ServerURL: url, Username: username } = json(input);
  if (!isFilled(url)) return said(NO_URL);
  if (!isFilled(username)) return said(NO_USER);
  // What docker said was no text where this letter is in it: it would be another one.
  if (typeof secret !== "string" || secret.includes("\uFFFD")) return said(NO_SECRET);
  const name = nameOf(url);
  const isHash = urlOf(name, { username, secret }) === undefined;
  const value = JSON.stringify({ username, secret, ...(isHash ? { url } : {}) });
  await caller.change("secret/set", { name, value });
  return { text: "", isError: false };
}

async function erase(caller: Caller, url: string): Promise<Answer> {
  if (url === "") return said(NO_URL);
  const { secrets } = await caller.call("vault/read", { names: [nameOf(url)] });
  if (secrets[0] === null || secrets[0] === undefined) return said(NOT_FOUND);
  await caller.change("secret/delete", { name: nameOf(url) });
  return { text: "", isError: false };
}

async function list(caller: Caller): Promise<Answer> {
  const { secrets } = await listAll(caller, { pattern: "docker/*" });
  const users = new Map<string, string>();
  for (const { name } of secrets) {
    const stored = await read(caller, name);
    const url = stored === undefined ? undefined : urlOf(name, stored);
    if (stored !== undefined && url !== undefined) users.set(url, stored.username);
  }
  // Also one that is called `__proto__`.
  return told(Object.fromEntries(users));
}

/** One of docker's; undefined where there is none, or it is none. */
async function read(caller: Caller, name: string): Promise<Stored | undefined> {
  const { secrets } = await caller.call("vault/read", { names: [name] });
  const [found] = secrets;
  const text = found === null || found === undefined ? undefined : textOf(found);
  const { secret, url, username } = json(text ?? "");
  if (typeof username !== "string" || typeof secret !== "string") return undefined;
  return { username, secret, ...(typeof url === "string" ? { url } : {}) };
}

function json(text: string): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as { [key: string]: unknown }) : {};
  } catch {
    return {};
  }
}

function isFilled(text: unknown): text is string {
  return typeof text === "string" && text !== "";
}

function told(value: object): Answer {
  return { text: `${JSON.stringify(value)}\n`, isError: false };
}

function said(text: string): Answer {
  return { text: `${text}\n`, isError: true };
}
