import { kindOf, packedOf, parseMetadata } from "./packed.ts";
import { ByteReader, malformed } from "./reader.ts";
import type { Secret } from "./secret.ts";
import { weigh } from "./secret.ts";
import { ByteWriter } from "./writer.ts";

// The numbers of `kindOf` stand in snapshots for ever.
const DELETED = 0;
const BASE64 = 2;
const NOTHING = Buffer.alloc(0);
const scratch = new ByteWriter(4096);

/**
 * All that a name holds in one run of bytes, as snapshots have it behind the name; valid until
 * the next call.
 */
export function packContents(secret: Secret): Buffer {
  scratch.clear();
  scratch.byte(kindOf(secret));
  scratch.integer(secret.version);
  scratch.time(secret.updatedAt);
  scratch.text(secret.metadata === undefined ? "" : JSON.stringify(secret.metadata));
  scratch.bytes(secret.value ?? NOTHING);
  scratch.bytes(secret.history?.bytes ?? NOTHING);
  return scratch.view();
}

/** The secret in such bytes, made of views of them; `CORRUPT` when they do not parse. */
export function openContents(name: string, contents: Buffer): Secret {
  const reader = new ByteReader(contents);
  const kind = reader.byte();
  const version = reader.integer();
  const updatedAt = reader.time();
  const metadata = reader.bytes();
  const bytes = reader.bytes();
  const history = packedOf(reader.bytes());
  if (!reader.done) throw malformed();
  const value = kind === DELETED ? undefined : bytes;
  return {
    version,
    updatedAt,
    value,
    encoding: kind === BASE64 ? "base64" : "utf8",
    metadata: metadata.length === 0 ? undefined : parseMetadata(metadata.toString("utf8")),
    history,
    weight: weigh(name, value, metadata.length, history),
  };
}
