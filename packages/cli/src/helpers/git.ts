import type { SecretValue } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { isCredential, listAll } from "../pages.ts";
import { isOneLine, readFields } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { folderOf, nameOf, olderNameOf, userOf } from "./git-names.ts";
import { textOf } from "./text.ts";

/** The last second that a clock of JavaScript knows. */
const LAST_SECOND = 8_640_000_000_000;

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

/** What a credential of a user is called, and what older versions called it, where that differs. */
function namesOf(fields: Fields): readonly string[] {
  const [folder, user] = [folderOf(fields), fields.get("username")];
  if (folder === undefined || user === undefined) return [];
  const [name, older] = [nameOf(folder, user), olderNameOf(folder, user)];
  if (name === undefined) return [];
  return older === undefined ? [name] : [name, older];
}

async function get(caller: Caller, fields: Fields): Promise<string> {
  const user = fields.get("username");
  const names =
    user === undefined ? (await namesIn(caller, folderOf(fields))).slice(0, 1) : namesOf(fields);
  const [secret] = await read(caller, names);
  if (secret === undefined) return "";
  const [username, password] = [user ?? userOf(secret.name) ?? "", textOf(secret)];
  if (password === undefined) return "";
  if (!isOneLine(password) || !isOneLine(username)) return "";
  const { expiresAt } = secret.metadata;
  const expiry =
    expiresAt === undefined ? "" : `password_expiry_utc=${Math.floor(expiresAt / 1000)}\n`;
  return `username=${username}\npassword=${password}\n${expiry}`;
}

/** Of all users whom git stored in a folder, theirs first who were stored last. */
async function namesIn(caller: Caller, folder: string | undefined): Promise<readonly string[]> {
  if (folder === undefined) return [];
  const { secrets } = await listAll(caller, { pattern: `${folder}/*` });
  return secrets
    .filter((entry) => !isCredential(entry) && userOf(entry.name) !== undefined)
    .toSorted((a, b) => b.updatedAt - a.updatedAt)
    .map(({ name }) => name);
}

async function store(caller: Caller, fields: Fields): Promise<void> {
  const [names, password] = [namesOf(fields), fields.get("password")];
  const [name, older] = names;
  if (name === undefined || password === undefined) return;
  // What git said was no text: it would be another password.
  if (`${fields.get("username")}${password}`.includes("\uFFFD")) return;
  const metadata = endOf(fields.get("password_expiry_utc"));
  const [secret] = await read(caller, names);
  const isSame =
    secret !== undefined &&
    textOf(secret) === password &&
    secret.metadata.expiresAt === metadata.expiresAt;
  // git stores after each use; a version is made of what is new.
  if (isSame) return;
  await caller.change("secret/set", { name, value: password, metadata });
  // Else it would come back when the new one is refused; nobody else's is taken.
  if (older !== undefined && userOf(older) === fields.get("username")) {
    for (const replaced of await read(caller, [older])) await remove(caller, replaced);
  }
}

/** An end that is none, or beyond all clocks, is none for git either. */
function endOf(seconds = ""): { readonly expiresAt?: number } {
  const end = /^\d+$/u.test(seconds) ? Number(seconds) : 0;
  return end > 0 && end <= LAST_SECOND ? { expiresAt: end * 1000 } : {};
}

/**
 * Only what git was given and found wrong: a late refusal must not take what was stored since.
 * Where git names no user, or no password, that is each that it can mean.
 */
async function erase(caller: Caller, fields: Fields): Promise<void> {
  const password = fields.get("password");
  const names = fields.has("username") ? namesOf(fields) : await namesIn(caller, folderOf(fields));
  for (const name of names) {
    const [secret] = await read(caller, [name]);
    if (secret === undefined) continue;
    if (password !== undefined && password !== textOf(secret)) continue;
    await remove(caller, secret);
  }
}

/** Those of them that are there. */
async function read(caller: Caller, names: readonly string[]): Promise<readonly SecretValue[]> {
  if (names.length === 0) return [];
  const { secrets } = await caller.call("vault/read", { names });
  return secrets.filter((secret) => secret !== null);
}

async function remove(caller: Caller, { name, version }: SecretValue): Promise<void> {
  await caller.change("secret/delete", { name, expect: { version } }).catch(passOver);
}

/** Somebody stored another one meanwhile: that one stays. */
function passOver(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "CONFLICT" || code === "NOT_FOUND") return undefined;
  throw error;
}
