import { Buffer } from "node:buffer";
import type { Caller } from "../command.ts";
import { importName } from "../imports/names.ts";
import { isOneLine, readFields } from "./fields.ts";
import type { Fields } from "./fields.ts";

/**
 * One request of git to its credential helper; returns what is printed. What it does not know is
 * answered by nothing, as git wants it, and so is a credential that there is none of.
 */
export async function gitCredential(
  caller: Caller,
  operation: string,
  text: string,
): Promise<string> {
  const fields = readFields(text);
  if (operation === "get") return await get(caller, fields);
  if (operation === "store") await store(caller, fields);
  if (operation === "erase") await erase(caller, fields);
  return "";
}

/** Where the credentials of a server are: `git/PROTOCOL/HOST[/PATH]`. */
function folderOf(fields: Fields): string | undefined {
  const { protocol, host, path } = Object.fromEntries(fields);
  if (protocol === undefined || host === undefined) return undefined;
  return importName(["git", protocol, host, ...(path === undefined ? [] : [path])].join("/"));
}

function nameOf(fields: Fields): string | undefined {
  const [folder, username] = [folderOf(fields), fields.get("username")];
  if (folder === undefined || username === undefined) return undefined;
  return importName(`${folder}/@${username.replaceAll("/", "%2F")}`);
}

async function get(caller: Caller, fields: Fields): Promise<string> {
  const name = nameOf(fields) ?? (await onlyOne(caller, folderOf(fields)));
  if (name === undefined) return "";
  const { secrets } = await caller.call("vault/read", { names: [name] });
  const secret = secrets[0];
  if (secret === null || secret === undefined) return "";
  const password = Buffer.from(secret.value, secret.encoding).toString();
  const username =
    fields.get("username") ?? name.slice(name.lastIndexOf("/@") + 2).replaceAll("%2F", "/");
  if (!isOneLine(password) || !isOneLine(username)) return "";
  const { expiresAt } = secret.metadata;
  const expiry =
    expiresAt === undefined ? "" : `password_expiry_utc=${Math.floor(expiresAt / 1000)}\n`;
  return `username=${username}\npassword=${password}\n${expiry}`;
}

/** Where no user is asked for: theirs who is there alone, or was stored last. */
async function onlyOne(caller: Caller, folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const { secrets } = await caller.call("secret/list", { pattern: `${folder}/@*` });
  return secrets.toSorted((a, b) => b.updatedAt - a.updatedAt)[0]?.name;
}

async function store(caller: Caller, fields: Fields): Promise<void> {
  const [name, password] = [nameOf(fields), fields.get("password")];
  if (name === undefined || password === undefined) return;
  const expiry = Number(fields.get("password_expiry_utc"));
  const { secrets } = await caller.call("vault/read", { names: [name] });
  const metadata = expiry > 0 ? { expiresAt: expiry * 1000 } : {};
  const isSame =
    secrets[0]?.value === password && secrets[0].metadata.expiresAt === metadata.expiresAt;
  // git stores after each use; a version is made of what is new.
  if (!isSame) await caller.change("secret/set", { name, value: password, metadata });
}

/** Only what git was given and found wrong: a late refusal must not take what was stored since. */
async function erase(caller: Caller, fields: Fields): Promise<void> {
  const [name, password] = [nameOf(fields), fields.get("password")];
  if (name === undefined) return;
  const { secrets } = await caller.call("vault/read", { names: [name] });
  const secret = secrets[0];
  if (secret === null || secret === undefined) return;
  const stored = Buffer.from(secret.value, secret.encoding).toString();
  if (password !== undefined && password !== stored) return;
  await caller
    .change("secret/delete", { name, expect: { version: secret.version } })
    .catch(passOver);
}

/** Somebody stored another one meanwhile: that one stays. */
function passOver(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "CONFLICT" || code === "NOT_FOUND") return undefined;
  throw error;
}
