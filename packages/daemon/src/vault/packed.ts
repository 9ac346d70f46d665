import type { Encoding, Metadata } from "@strongroom/client/protocol";
import { LIMITS } from "@strongroom/client/protocol";
import { ByteReader, malformed } from "./reader.ts";
import type { Secret } from "./secret.ts";
import { ByteWriter, TIME_BYTES } from "./writer.ts";

/** The earlier versions of a name in one buffer, oldest first, opened on demand. */
export interface Packed {
  readonly bytes: Buffer;
  /** Bytes of values and metadata in it, without what packing costs. */
  readonly content: number;
  readonly count: number;
}

/** One earlier version; `value` is a view of the packed bytes, undefined for a deletion. */
export interface Earlier {
  readonly version: number;
  readonly updatedAt: number;
  /** Wall time of the commit that replaced it. */
  readonly replacedAt: number;
  readonly value: Buffer | undefined;
  readonly encoding: Encoding;
  readonly metadata: Metadata | undefined;
}

const DELETED = 0;
const UTF8 = 1;
const BASE64 = 2;
const scratch = new ByteWriter(4096);

/** The flags byte that says what a version holds. */
export function kindOf(version: Pick<Earlier, "encoding" | "value">): number {
  if (version.value === undefined) return DELETED;
  return version.encoding === "utf8" ? UTF8 : BASE64;
}

/** Every kept version, oldest first. */
export function unpack(packed: Packed | undefined): Earlier[] {
  const entries: Earlier[] = [];
  if (packed === undefined) return entries;
  const reader = new ByteReader(packed.bytes);
  while (!reader.done) entries.push(opened(readFields(reader)));
  return entries;
}

/** The versions that were replaced at or before a wall time, without opening any. */
export function replacedUntil(packed: Packed | undefined, until: number): number[] {
  const versions: number[] = [];
  if (packed === undefined) return versions;
  const reader = new ByteReader(packed.bytes);
  while (!reader.done) {
    const kind = reader.byte();
    const version = reader.integer();
    reader.skip(TIME_BYTES);
    if (reader.time() <= until) versions.push(version);
    skipContents(reader, kind);
  }
  return versions;
}

/** One kept version, or undefined when it is not kept. */
export function find(packed: Packed | undefined, version: number): Earlier | undefined {
  if (packed === undefined) return undefined;
  const reader = new ByteReader(packed.bytes);
  while (!reader.done) {
    const fields = readFields(reader);
    if (fields.version === version) return opened(fields);
  }
  return undefined;
}

/** Packs versions, oldest first; undefined when there are none. */
export function pack(entries: readonly Earlier[]): Packed | undefined {
  if (entries.length === 0) return undefined;
  scratch.clear();
  let content = 0;
  for (const entry of entries) content += writeEntry(scratch, entry, entry.replacedAt);
  return { bytes: Buffer.from(scratch.view()), content, count: entries.length };
}

/**
 * The history after `replaced` ceased to be current: as many of the newest as are kept beside
 * the new one. Earlier entries are copied as they are, not opened.
 */
export function append(replaced: Secret, replacedAt: number): Packed {
  scratch.clear();
  let content = writeEntry(scratch, replaced, replacedAt);
  let count = 1;
  if (replaced.history === undefined) return { bytes: Buffer.from(scratch.view()), content, count };
  const reader = new ByteReader(replaced.history.bytes);
  content += replaced.history.content;
  count += replaced.history.count;
  for (; count > LIMITS.historyVersions - 1; count--) content -= skipEntry(reader);
  const kept = replaced.history.bytes.length - reader.position;
  const bytes = Buffer.allocUnsafe(kept + scratch.length);
  replaced.history.bytes.copy(bytes, 0, reader.position);
  scratch.copy(bytes, kept);
  return { bytes, content, count };
}

/** Packed bytes with their figures, as a view; throws `CORRUPT` when they do not parse. */
export function packedOf(bytes: Buffer): Packed | undefined {
  if (bytes.length === 0) return undefined;
  const reader = new ByteReader(bytes);
  let content = 0;
  let count = 0;
  for (; !reader.done; count++) {
    content += skipEntry(reader);
  }
  return { bytes, content, count };
}

function writeEntry(
  writer: ByteWriter,
  entry: Omit<Earlier, "replacedAt">,
  replacedAt: number,
): number {
  writer.byte(kindOf(entry));
  writer.integer(entry.version);
  writer.time(entry.updatedAt);
  writer.time(replacedAt);
  const content = writer.text(entry.metadata === undefined ? "" : JSON.stringify(entry.metadata));
  if (entry.value === undefined) return content;
  writer.bytes(entry.value);
  return content + entry.value.length;
}

type Fields = Omit<Earlier, "metadata"> & { readonly metadata: Buffer };

function opened(fields: Fields): Earlier {
  return { ...fields, metadata: parseMetadata(fields.metadata.toString("utf8")) };
}

/** Goes over one entry without opening it, and returns the bytes of its contents. */
function skipEntry(reader: ByteReader): number {
  const kind = reader.byte();
  reader.integer();
  reader.skip(2 * TIME_BYTES);
  return skipContents(reader, kind);
}

function skipContents(reader: ByteReader, kind: number): number {
  const metadata = reader.integer();
  reader.skip(metadata);
  if (kind === DELETED) return metadata;
  const value = reader.integer();
  reader.skip(value);
  return metadata + value;
}

function readFields(reader: ByteReader): Fields {
  const kind = reader.byte();
  return {
    version: reader.integer(),
    updatedAt: reader.time(),
    replacedAt: reader.time(),
    encoding: kind === BASE64 ? "base64" : "utf8",
    metadata: reader.bytes(),
    value: kind === DELETED ? undefined : reader.bytes(),
  };
}

/** Metadata as a record holds it: an object of JSON, or nothing; anything else is `CORRUPT`. */
export function parseMetadata(json: string): Metadata | undefined {
  if (json === "") return undefined;
  // JSON takes what is no object as well, and quotes what it does not take.
  if (!json.startsWith("{")) throw malformed();
  try {
    return JSON.parse(json) as Metadata;
  } catch {
    throw malformed();
  }
}
