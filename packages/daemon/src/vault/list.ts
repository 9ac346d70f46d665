import type { Params, Result, SecretEntry } from "@strongroom/client/protocol";
import { compilePattern, LIMITS, StrongroomError } from "@strongroom/client/protocol";
import { compareNames, lowerBound } from "./names.ts";
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
  const names = view.names();
  const secrets: SecretEntry[] = [];
  const { revision } = view.counters;
  let room = LIMITS.listPageBytes - ENVELOPE_BYTES;
  for (let index = startOf(names, prefix, after); index < names.length; index++) {
    const name = names[index] ?? "";
    if (!name.startsWith(prefix)) break;
    if (matches !== undefined && !matches(name)) continue;
    const secret = view.get(name);
    if (secret === undefined) continue;
    if (tag !== undefined && secret.metadata?.tags?.includes(tag) !== true) continue;
    const entry = entryOf(name, secret, at);
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

function entryOf(name: string, secret: Secret, at: number): SecretEntry {
  const { version, updatedAt } = secret;
  const entry = { name, version, updatedAt, metadata: secret.metadata ?? {} };
  if (secret.value === undefined) return { ...entry, deleted: true };
  return isExpired(secret.metadata, at) ? { ...entry, expired: true } : entry;
}

function startOf(names: readonly string[], prefix: string, after: string | undefined): number {
  if (after === undefined || compareNames(after, prefix) < 0) return lowerBound(names, prefix);
  const index = lowerBound(names, after);
  return names[index] === after ? index + 1 : index;
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
