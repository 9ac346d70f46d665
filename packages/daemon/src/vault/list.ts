import type { Params, Result, SecretEntry } from "@strongroom/client/protocol";
import { compilePattern, LIMITS, StrongroomError } from "@strongroom/client/protocol";
import { listedNames } from "./listed-names.ts";
import type { OAuthRecord } from "./oauth-record.ts";
import type { Secret } from "./secret.ts";
import { isExpired } from "./secret.ts";
import type { VaultView } from "./state.ts";

// Room for the envelope of the reply and its cursor.
const ENVELOPE_BYTES = 2048;
const CURSOR = /^n1[\w-]*$/u;

/** `secret/list`: names in byte order, without values; `at` is the effective time. */
export function listSecrets(
  view: VaultView,
  params: Params<"secret/list">,
  at: number,
): Result<"secret/list"> {
  const limit = Math.min(params.limit ?? LIMITS.listLimit, LIMITS.listLimit);
  const { pattern, tag } = params;
  const matches = pattern === undefined ? undefined : compilePattern(pattern);
  const prefix = pattern === undefined ? "" : (pattern.split("*", 1)[0] ?? "");
  const after = params.cursor === undefined ? undefined : afterOf(params.cursor);
  const secrets: SecretEntry[] = [];
  const { revision } = view.counters;
  let room = LIMITS.listPageBytes - ENVELOPE_BYTES;
  for (const name of listedNames(view, prefix, after)) {
    if (matches !== undefined && !matches(name)) continue;
    const entry = entryOf(view, name, at);
    if (entry === undefined) continue;
    if (tag !== undefined && entry.metadata.tags?.includes(tag) !== true) continue;
    if (params.all !== true && (entry.deleted === true || entry.expired === true)) continue;
    room -= Buffer.byteLength(JSON.stringify(entry)) + 1;
    // The first entry always fits: metadata is at most 16 KiB.
    if (secrets.length === limit || room < 0) {
      return { secrets, cursor: cursorOf(secrets.at(-1)?.name ?? ""), revision };
    }
    secrets.push(entry);
  }
  return { secrets, revision };
}

function entryOf(view: VaultView, name: string, at: number): SecretEntry | undefined {
  const credential = view.oauth.get(name);
  if (credential !== undefined) return credentialEntry(credential);
  const secret = view.get(name);
  return secret && secretEntry(name, secret, at);
}

/** Of an OAuth credential a list says that it is there, and nothing of its account. */
function credentialEntry({ generation, name, updatedAt }: OAuthRecord): SecretEntry {
  return { name, version: generation, updatedAt, metadata: { origin: "oauth" } };
}

function secretEntry(name: string, secret: Secret, at: number): SecretEntry {
  const { version, updatedAt } = secret;
  const entry = { name, version, updatedAt, metadata: secret.metadata ?? {} };
  if (secret.value === undefined) return { ...entry, deleted: true };
  return isExpired(secret.metadata, at) ? { ...entry, expired: true } : entry;
}

/** A cursor says after which name to go on; it stays good whatever changes meanwhile. */
function cursorOf(name: string): string {
  return `n1${Buffer.from(name).toString("base64url")}`;
}

function afterOf(cursor: string): string {
  if (CURSOR.test(cursor)) return Buffer.from(cursor.slice(2), "base64url").toString();
  throw new StrongroomError("INVALID", "this cursor is not one that a list returned", {
    hint: "begin the list again without a cursor",
  });
}
