import type { Params } from "@strongroom/client/protocol";
import { checkName, StrongroomError } from "@strongroom/client/protocol";
import { versionOf } from "./evolve.ts";
import { demand } from "./expect.ts";
import { missing, missingVersion } from "./missing.ts";
import { demandSecret } from "./not-secret.ts";
import { unpack } from "./packed.ts";
import type { Pending } from "./pending.ts";
import { quoted } from "./quote.ts";
import { isExpired, isLive } from "./secret.ts";
import { replyEncoding } from "./value.ts";

// Every judge refuses with a `StrongroomError`, or records its changes and returns the one
// figure that its result needs.

/** `secret/set`: returns the new version. */
export function judgeSet(
  pending: Pending,
  params: Pick<Params<"secret/set">, "encoding" | "expect" | "metadata" | "name" | "value">,
): number {
  const { name, value, metadata } = params;
  demandSecret(pending.oauth, name, "change");
  const secret = pending.get(name);
  demand(params.expect, name, secret, pending.at);
  if (secret === undefined) checkName(name);
  const version = pending.next(name);
  const bytes = Buffer.from(value, params.encoding ?? "utf8");
  pending.record({
    kind: "set",
    name,
    version,
    value: bytes,
    encoding: replyEncoding(value, bytes, params.encoding ?? "utf8"),
    metadata: metadata === undefined || Object.keys(metadata).length === 0 ? undefined : metadata,
  });
  return version;
}

/** `secret/delete`: returns the version of the deletion. */
export function judgeDelete(
  pending: Pending,
  params: Pick<Params<"secret/delete">, "expect" | "name">,
): number {
  const { name } = params;
  demandSecret(pending.oauth, name, "delete");
  const secret = pending.get(name);
  demand(params.expect, name, secret, pending.at);
  if (!isLive(secret, pending.at)) throw missing(name, secret);
  const version = pending.next(name);
  pending.record({ kind: "delete", name, version });
  return version;
}

/** `secret/restore`: returns the new version. */
export function judgeRestore(
  pending: Pending,
  params: Pick<Params<"secret/restore">, "expect" | "name" | "version">,
): number {
  const { name, version: from } = params;
  demandSecret(pending.oauth, name, "history");
  const secret = pending.get(name);
  demand(params.expect, name, secret, pending.at);
  if (secret === undefined) throw missing(name, secret);
  const kept = versionOf(secret, from);
  if (kept === undefined) throw missingVersion(name, from, "is not kept");
  if (kept.value === undefined) throw missingVersion(name, from, "is a deletion");
  if (isExpired(kept.metadata, pending.at)) throw missingVersion(name, from, "has expired");
  const version = pending.next(name);
  pending.record({ kind: "restore", name, version, from });
  return version;
}

/** `secret/purge`: returns how many versions are gone. */
export function judgePurge(
  pending: Pending,
  params: Pick<Params<"secret/purge">, "expect" | "name" | "versions">,
): number {
  const { name } = params;
  demandSecret(pending.oauth, name, "delete");
  const secret = pending.get(name);
  demand(params.expect, name, secret, pending.at);
  if (secret === undefined) throw missing(name, secret);
  const earlier = unpack(secret.history).map((entry) => entry.version);
  const kept = [...earlier, secret.version];
  const named = new Set(params.versions ?? kept);
  if (named.has(secret.version) && params.versions !== undefined) {
    if (secret.value !== undefined) {
      throw new StrongroomError(
        "INVALID",
        `version ${secret.version} of ${quoted(name)} is the current one`,
        { hint: "strongroom delete NAME first" },
      );
    }
    if (!kept.every((version) => named.has(version))) {
      throw new StrongroomError(
        "INVALID",
        `version ${secret.version} of ${quoted(name)} is its deletion: it goes with the last one`,
        { hint: "strongroom purge NAME without versions forgets all of it" },
      );
    }
  }
  const going = kept.filter((version) => named.has(version));
  if (going.length === 0) throw missingVersion(name, Math.min(...named), "is not kept");
  pending.record(
    named.has(secret.version) ? { kind: "forget", name } : { kind: "drop", name, versions: going },
  );
  return going.length;
}
