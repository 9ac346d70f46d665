import { StrongroomError } from "@strongroom/client/protocol";
import { DataKey, ID_BYTES, KEY_BYTES, mac, sameBytes } from "../keys/data-key.ts";
import type { Position } from "./frame.ts";
import { TAG_BYTES } from "./frame.ts";
import { corrupt } from "./trouble.ts";

/** The format that this release reads and writes. */
export const FORMAT = 1;

/**
 * magic 8, format 4, key id 4, vault id 16, epoch 8, sequence 8, tag 16, salt 32, binding 32,
 * MAC 32 over all before it.
 */
export const HEADER_BYTES = 160;

const MAC_AT = HEADER_BYTES - KEY_BYTES;

/** What an audit segment, a journal or a snapshot says about itself in its first bytes. */
export interface Header {
  readonly kind: "audit" | "journal" | "snapshot";
  readonly epoch: bigint;
  /** The frame that this file follows; audit: how many records it follows, and no tag. */
  readonly position: Position;
  /** Makes the file's keys its own. */
  readonly salt: Buffer;
  /**
   * Journal: its preallocated size, u64. Snapshot: the salt of the journal that goes with it.
   * Audit: the head of the chain that it follows.
   */
  readonly binding: Buffer;
}

const MAGIC = { audit: "SRAUDIT1", journal: "SRJOURN1", snapshot: "SRSNAPS1" } as const;

/** A header's bytes, authenticated by the data key. */
export function sealHeader(header: Header, key: DataKey): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC[header.kind], 0, "latin1");
  bytes.writeUInt32BE(FORMAT, 8);
  key.check.copy(bytes, 12, 0, 4);
  key.vaultId.copy(bytes, 16);
  bytes.writeBigUInt64BE(header.epoch, 32);
  bytes.writeBigUInt64BE(BigInt(header.position.sequence), 40);
  header.position.tag.copy(bytes, 48);
  header.salt.copy(bytes, 64);
  header.binding.copy(bytes, 96);
  macOf(bytes, header, key).copy(bytes, MAC_AT);
  return bytes;
}

/** Reads a header; `CORRUPT` or `UNSUPPORTED_FORMAT` naming the file when it is not the one expected. */
export function openHeader(
  bytes: Buffer,
  expected: Pick<Header, "kind" | "epoch">,
  key: DataKey,
  path: string,
): Header {
  if (bytes.length < HEADER_BYTES) throw corrupt(path, "it is cut short");
  if (bytes.toString("latin1", 0, 8) !== MAGIC[expected.kind]) {
    throw corrupt(path, `it is no ${expected.kind}`);
  }
  const format = bytes.readUInt32BE(8);
  if (format !== FORMAT) throw unsupported(path, format);
  if (!bytes.subarray(16, 16 + ID_BYTES).equals(key.vaultId)) {
    throw corrupt(path, "it belongs to another vault");
  }
  const header: Header = {
    ...expected,
    position: {
      sequence: Number(bytes.readBigUInt64BE(40)),
      tag: Buffer.from(bytes.subarray(48, 48 + TAG_BYTES)),
    },
    salt: Buffer.from(bytes.subarray(64, 96)),
    binding: Buffer.from(bytes.subarray(96, MAC_AT)),
  };
  if (bytes.readBigUInt64BE(32) !== expected.epoch) {
    throw corrupt(path, "it was given the name of another epoch");
  }
  if (!sameBytes(macOf(bytes, header, key), bytes.subarray(MAC_AT, HEADER_BYTES))) {
    throw corrupt(path, "its header does not authenticate");
  }
  return header;
}

/** The first bytes of the key check that a header names; whether it authenticates is not said. */
export function keyIdOf(bytes: Buffer): Buffer {
  return bytes.subarray(12, 16);
}

/** A file of a format that this release does not know. */
export function unsupported(path: string, format: number): StrongroomError {
  return new StrongroomError("UNSUPPORTED_FORMAT", `${path}: format ${format} is not known here`, {
    hint: "use the release of strongroom that wrote it, or a newer one",
  });
}

function macOf(bytes: Buffer, header: Header, key: DataKey): Buffer {
  const macKey = key.fileKey(`${header.kind} header`, header.salt, header.epoch);
  return mac(macKey, bytes.subarray(0, MAC_AT));
}
