import type { Encoding, Metadata } from "@strongroom/client/protocol";
import type { Packed } from "./packed.ts";

/** What one name holds; never changed, only replaced, so that readers need no lock. */
export interface Secret {
  /** The current version; also counted by deletions. */
  readonly version: number;
  /** Wall time of the commit that made this version, milliseconds since 1970. */
  readonly updatedAt: number;
  /** Undefined = deleted: only the version and the history are kept. */
  readonly value: Buffer | undefined;
  /** How the value is written in replies. */
  readonly encoding: Encoding;
  /** Undefined when there is none. */
  readonly metadata: Metadata | undefined;
  /** The earlier versions that are kept, packed; undefined when there are none. */
  readonly history: Packed | undefined;
  /** What this name counts towards the limit of the vault, in bytes. */
  readonly weight: number;
}

/** What a deleted name counts, in bytes: it costs memory without having contents. */
const TOMBSTONE_BYTES = 256;

/** A secret with its weight. */
export function makeSecret(
  name: string,
  current: Omit<Secret, "history" | "weight">,
  history: Packed | undefined,
): Secret {
  return {
    version: current.version,
    updatedAt: current.updatedAt,
    value: current.value,
    encoding: current.encoding,
    metadata: current.metadata,
    history,
    weight: weigh(name, current.value, metadataBytes(current.metadata), history),
  };
}

/** What a name counts, in bytes, with so many of metadata. */
export function weigh(
  name: string,
  value: Uint8Array | undefined,
  metadata: number,
  history: Packed | undefined,
): number {
  const content = value === undefined ? TOMBSTONE_BYTES : value.length;
  return Buffer.byteLength(name) + content + metadata + (history?.content ?? 0);
}

function metadataBytes(metadata: Metadata | undefined): number {
  return metadata === undefined ? 0 : Buffer.byteLength(JSON.stringify(metadata));
}

/** Whether a time lies at or after what the metadata names as the end. */
export function isExpired(metadata: Metadata | undefined, at: number): boolean {
  return metadata?.expiresAt !== undefined && metadata.expiresAt <= at;
}

/** Whether a name can be found at that time: it is there, not deleted and not expired. */
export function isLive(secret: Secret | undefined, at: number): secret is LiveSecret {
  return secret !== undefined && secret.value !== undefined && !isExpired(secret.metadata, at);
}

/** A secret that has a value. */
export type LiveSecret = Secret & { readonly value: Buffer };
