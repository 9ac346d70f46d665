import type { HistoryEntry, Params, Result, SecretValue } from "@strongroom/client/protocol";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import { versionOf } from "./evolve.ts";
import { demandApproved } from "./judge-approval.ts";
import { demandRecipe } from "./judge-recipe.ts";
import { missing, missingVersion } from "./missing.ts";
import { demandSecret } from "./not-secret.ts";
import { unpack } from "./packed.ts";
import { isExpired, isLive } from "./secret.ts";
import type { Secret } from "./secret.ts";
import type { VaultView } from "./state.ts";
import { jsonTextBytes, wireValue } from "./value.ts";

type Found = Pick<Secret, "encoding" | "metadata" | "updatedAt" | "version"> & {
  readonly value: Buffer;
};

// What one secret costs in a reply beside its value and metadata, and a reply beside its secrets.
const ENTRY_BYTES = 512;
const ENVELOPE_BYTES = 4096;

/** `secret/get`: the current version, or one that is kept. `at` is the effective time. */
export function readSecret(
  view: VaultView,
  params: Params<"secret/get">,
  at: number,
): Result<"secret/get"> {
  const { name, version } = params;
  demandSecret(view.oauth, name, "read");
  const { revision } = view.counters;
  const secret = view.get(name);
  if (version === undefined || version === secret?.version) {
    if (!isLive(secret, at)) throw missing(name, secret);
    return { ...wire(name, secret.value, secret), revision };
  }
  if (secret === undefined) throw missing(name, secret);
  const kept = versionOf(secret, version);
  if (kept === undefined) throw missingVersion(name, version, "is not kept");
  if (kept.value === undefined) throw missingVersion(name, version, "is a deletion");
  if (isExpired(kept.metadata, at)) throw missingVersion(name, version, "has expired");
  return { ...wire(name, kept.value, kept), revision };
}

/** `vault/read`: several names at one revision, null where one cannot be found. */
export function readMany(
  view: VaultView,
  params: Params<"vault/read">,
  at: number,
): Result<"vault/read"> {
  const { approvals, names, recipe, versions } = params;
  demandApproved(view.ownerRecords, approvals);
  demandRecipe(view, recipe, names);
  let room = LIMITS.replyBytes - ENVELOPE_BYTES;
  const secrets = names.map((name, index) => {
    demandSecret(view.oauth, name, "read");
    const found = asked(view.get(name), versions?.[index] ?? 0, at);
    if (found === undefined) return null;
    const { value, encoding, metadata } = found;
    room -= ENTRY_BYTES + 6 * LIMITS.nameBytes + Buffer.byteLength(JSON.stringify(metadata ?? {}));
    room -= encoding === "base64" ? 4 * Math.ceil(value.length / 3) : jsonTextBytes(value);
    if (room < 0) throw tooMuch();
    return wire(name, value, found);
  });
  return { secrets, revision: view.counters.revision };
}

/** What is there of a name at a version, 0 = the current one; undefined when nothing is. */
function asked(secret: Secret | undefined, version: number, at: number): Found | undefined {
  const found = secret && (version === 0 ? secret : versionOf(secret, version));
  if (found?.value === undefined || isExpired(found.metadata, at)) return undefined;
  return { ...found, value: found.value };
}

/** `secret/history`: every kept version, newest first. */
export function readHistory(
  view: VaultView,
  params: Params<"secret/history">,
): Result<"secret/history"> {
  demandSecret(view.oauth, params.name, "history");
  const secret = view.get(params.name);
  if (secret === undefined) throw missing(params.name, secret);
  const versions: HistoryEntry[] = unpack(secret.history).map((entry) => ({
    version: entry.version,
    updatedAt: entry.updatedAt,
    deleted: entry.value === undefined,
    current: false,
  }));
  const { version, updatedAt, value } = secret;
  versions.push({ version, updatedAt, deleted: value === undefined, current: true });
  return { versions: versions.toReversed(), revision: view.counters.revision };
}

function wire(
  name: string,
  value: Buffer,
  from: Pick<SecretValue, "encoding" | "updatedAt" | "version"> & {
    readonly metadata: SecretValue["metadata"] | undefined;
  },
): SecretValue {
  return {
    name,
    value: wireValue(value, from.encoding),
    encoding: from.encoding,
    version: from.version,
    metadata: from.metadata ?? {},
    updatedAt: from.updatedAt,
  };
}

function tooMuch(): StrongroomError {
  return new StrongroomError(
    "TOO_LARGE",
    `these secrets do not fit in one reply of ${LIMITS.replyBytes} bytes`,
    { hint: "ask for fewer names at once" },
  );
}
