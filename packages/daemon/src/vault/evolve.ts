import type { Change, KeyChange, OAuthChange, OwnerChange, RenewerChange } from "./change.ts";
import { append, find, pack, unpack } from "./packed.ts";
import { malformed } from "./reader.ts";
import type { Secret } from "./secret.ts";
import { makeSecret } from "./secret.ts";

/** What a commit does to the vault as a whole. */
type VaultChange = { kind: "audit-policy" | "clear" | "clock" | "policy" };
/** A change of one name. */
export type NameChange = Exclude<
  Change,
  KeyChange | OAuthChange | OwnerChange | RenewerChange | VaultChange
>;

/** The version that the next change of a name takes; `floor` counts for names that are not there. */
export function nextVersion(secret: Secret | undefined, floor: number): number {
  return (secret?.version ?? floor) + 1;
}

/**
 * What a change makes of a name; undefined = nothing is left of it. The same function serves
 * the turn and the replay, which is what makes a replay give the same state. A change that
 * does not fit is `CORRUPT`: the turn judges before it makes one.
 */
export function evolve(
  change: NameChange,
  secret: Secret | undefined,
  floor: number,
  time: number,
): Secret | undefined {
  switch (change.kind) {
    case "set":
      expectVersion(change.version, secret, floor);
      return makeSecret(
        change.name,
        {
          version: change.version,
          updatedAt: time,
          value: change.value,
          encoding: change.encoding,
          metadata: change.metadata,
        },
        secret && append(secret, time),
      );
    case "delete":
      expectVersion(change.version, secret, floor);
      return deleted(change.name, secret, time);
    case "restore":
      expectVersion(change.version, secret, floor);
      return restored(change.name, secret, change.from, time);
    case "drop":
      return dropped(change.name, secret, new Set(change.versions));
    case "forget":
      if (secret === undefined) throw malformed();
      return undefined;
  }
}

/** A version of a name as it was, current or earlier. */
export function versionOf(
  secret: Secret,
  version: number,
): Pick<Secret, "encoding" | "metadata" | "updatedAt" | "value" | "version"> | undefined {
  return secret.version === version ? secret : find(secret.history, version);
}

function deleted(name: string, secret: Secret | undefined, time: number): Secret {
  if (secret === undefined) throw malformed();
  const tombstone = { value: undefined, encoding: "utf8", metadata: undefined } as const;
  return makeSecret(
    name,
    { ...tombstone, version: secret.version + 1, updatedAt: time },
    append(secret, time),
  );
}

function restored(name: string, secret: Secret | undefined, from: number, time: number): Secret {
  const source = secret && versionOf(secret, from);
  if (secret === undefined || source?.value === undefined) throw malformed();
  return makeSecret(
    name,
    {
      version: secret.version + 1,
      updatedAt: time,
      value: source.value,
      encoding: source.encoding,
      metadata: source.metadata,
    },
    append(secret, time),
  );
}

function dropped(name: string, secret: Secret | undefined, versions: ReadonlySet<number>): Secret {
  if (secret === undefined) throw malformed();
  const kept = unpack(secret.history).filter((entry) => !versions.has(entry.version));
  return makeSecret(name, secret, pack(kept));
}

function expectVersion(version: number, secret: Secret | undefined, floor: number): void {
  if (version !== nextVersion(secret, floor)) throw malformed();
}
