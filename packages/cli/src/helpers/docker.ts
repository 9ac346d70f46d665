import type { Caller } from "../command.ts";

/** What docker takes for an answer, word by word. */
export const NOT_FOUND = "credentials not found in native keychain";
const NO_URL = "no credentials server URL";
const NO_USER = "no credentials username";

/** What is printed, and whether it is an answer. */
export interface Answer {
  readonly text: string;
  readonly isError: boolean;
}

interface Stored {
  readonly username: string;
  readonly secret: string;
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

function nameOf(url: string): string {
  return `docker/${encodeURIComponent(url)}`;
}

/** Undefined for a name that somebody else made, and none of docker's. */
function urlOf(name: string): string | undefined {
  try {
    return decodeURIComponent(name.slice("docker/".length));
  } catch {
    return undefined;
  }
}

async function get(caller: Caller, url: string): Promise<Answer> {
  if (url === "") return said(NO_URL);
  const { secrets } = await caller.call("vault/read", { names: [nameOf(url)] });
  const stored = parse(secrets[0]?.value);
  if (stored === undefined) return said(NOT_FOUND);
  return told({ ServerURL: url, Username: stored.username, Secret: stored.secret });
}

async function store(caller: Caller, input: string): Promise<Answer> {
  const { Secret: secret = "", ServerURL: url = "", Username: username = "" } = json(input);
  if (url === "") return said(NO_URL);
  if (username === "") return said(NO_USER);
  await caller.change("secret/set", {
    name: nameOf(url),
    value: JSON.stringify({ username, secret }),
  });
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
  const { secrets } = await caller.call("secret/list", { pattern: "docker/*" });
  const users: { [url: string]: string } = {};
  for (const { name } of secrets) {
    const read = await caller.call("vault/read", { names: [name] });
    const stored = parse(read.secrets[0]?.value);
    const url = urlOf(name);
    if (stored !== undefined && url !== undefined) users[url] = stored.username;
  }
  return told(users);
}

function parse(value: string | undefined): Stored | undefined {
  const { secret, username } = json(value ?? "");
  return username === undefined || secret === undefined ? undefined : { username, secret };
}

function json(text: string): { readonly [key: string]: string | undefined } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as { [key: string]: string }) : {};
  } catch {
    return {};
  }
}

function told(value: object): Answer {
  return { text: `${JSON.stringify(value)}\n`, isError: false };
}

function said(text: string): Answer {
  return { text: `${text}\n`, isError: true };
}
