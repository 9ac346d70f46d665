import { OWN_AUDIENCE } from "@strongroom/client/protocol";
import type { ApiKeyEntry } from "@strongroom/client/protocol";
import type { ByteReader } from "./reader.ts";
import { malformed } from "./reader.ts";
import type { ByteWriter } from "./writer.ts";

/** An API key as the vault keeps it: what it is can be checked by it, and not be found out. */
export interface KeyRecord extends Omit<ApiKeyEntry, "audience" | "state"> {
  /** The service that it is for; absent where it is for the vault itself. */
  readonly audience?: string;
  /** HMAC of what `proves` names, 64 hex digits. */
  readonly proof: string;
  /** The SHA-256 of the whole token, by which the key is found too; absent: its secret. */
  readonly proves?: "sha256";
}

/** Writes a key: the fields of its record as JSON. */
export function writeKeyRecord(writer: ByteWriter, record: KeyRecord): void {
  writer.text(JSON.stringify(record));
}

/** Reads one; `CORRUPT` when it is none. */
export function readKeyRecord(reader: ByteReader): KeyRecord {
  let value: Partial<KeyRecord>;
  try {
    value = JSON.parse(reader.text()) as Partial<KeyRecord>;
  } catch {
    throw malformed();
  }
  const { allow, audience = "", createdAt, deny, id, name, proof, proves } = value;
  if (typeof id !== "string" || typeof name !== "string") throw malformed();
  if (typeof proof !== "string" || !/^[0-9a-f]{64}$/.test(proof)) throw malformed();
  if (typeof audience !== "string" || (proves ?? "sha256") !== "sha256") throw malformed();
  if (typeof createdAt !== "number" || !Array.isArray(allow) || !Array.isArray(deny)) {
    throw malformed();
  }
  return { ...value, id, name, proof, createdAt, allow, deny };
}

/** How a key stands at a time, in milliseconds since 1970. */
export function stateOf(record: KeyRecord, at: number): ApiKeyEntry["state"] {
  if (record.revokedAt !== undefined && record.revokedAt <= at) return "revoked";
  return record.expiresAt !== undefined && record.expiresAt <= at ? "expired" : "active";
}

/** What its owner is shown of a key. */
export function entryOf(record: KeyRecord, at: number): ApiKeyEntry {
  const { audience = OWN_AUDIENCE, proof: _, proves: _proves, ...shown } = record;
  return { ...shown, audience, state: stateOf(record, at) };
}
