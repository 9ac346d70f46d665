import { createCipheriv, createDecipheriv } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { fresh, KEY_BYTES } from "../keys/data-key.ts";
import type { DataKey } from "../keys/data-key.ts";
import { writeAll } from "./bytes.ts";
import type { DiskFile } from "./disk.ts";
import { TAG_BYTES } from "./frame.ts";
import type { Position } from "./frame.ts";
import { HEADER_BYTES, openHeader, sealHeader } from "./header.ts";
import type { Header } from "./header.ts";
import { RecordPacker, RecordUnpacker } from "./records.ts";
import { corrupt } from "./trouble.ts";
import { Window } from "./window.ts";

const CHUNK_BYTES = 65_536;
const SEALED_BYTES: number = CHUNK_BYTES + TAG_BYTES;

/** What a new snapshot says of itself. */
export interface SnapshotInput {
  readonly key: DataKey;
  readonly epoch: bigint;
  readonly position: Position;
  /** The salt of the journal that goes with it. */
  readonly journalSalt: Buffer;
  readonly records: Iterable<Uint8Array>;
  /** Awaited between chunks, to let others run. */
  readonly pause: () => Promise<void>;
}

/** Writes a snapshot into an empty file and makes its content durable; returns its size. */
export async function writeSnapshot(file: DiskFile, input: SnapshotInput): Promise<number> {
  const { epoch, position, journalSalt: binding } = input;
  const header: Header = { kind: "snapshot", epoch, position, salt: fresh(KEY_BYTES), binding };
  const key = chunkKey(header, input.key);
  writeAll(file, sealHeader(header, input.key), 0);
  let at = HEADER_BYTES;
  let chunk = 0;
  const put = (part: Buffer, final: boolean): void => {
    const sealed = sealChunk(part, key, chunk, final);
    writeAll(file, sealed, at);
    at += sealed.length;
    chunk += 1;
  };
  const packer = new RecordPacker(CHUNK_BYTES);
  for (const record of input.records) {
    for (const part of packer.add(record)) {
      put(part, false);
      await input.pause();
    }
  }
  put(packer.rest(), true);
  await file.sync();
  return at;
}

/** Authenticates a snapshot's header; `CORRUPT` or `UNSUPPORTED_FORMAT` naming the file. */
export async function readSnapshotHeader(
  file: DiskFile,
  epoch: bigint,
  key: DataKey,
): Promise<Header> {
  return openHeader(await file.read(0, HEADER_BYTES), { kind: "snapshot", epoch }, key, file.path);
}

/**
 * Hands every record to `record`, in order, each authenticated before it is handed out;
 * `CORRUPT` at the first chunk that is not what was written there. Returns their number.
 */
export async function readSnapshot(
  file: DiskFile,
  header: Header,
  key: DataKey,
  record: (record: Uint8Array) => void,
): Promise<number> {
  const chunks = chunkKey(header, key);
  const window = await Window.over(file);
  const unpacker = new RecordUnpacker(record);
  let at = HEADER_BYTES;
  for (let chunk = 0; ; chunk += 1) {
    const sealed = window.peek(at, SEALED_BYTES) ?? (await window.load(at, SEALED_BYTES));
    const final = at + SEALED_BYTES >= window.size;
    const part = openChunk(sealed, chunks, chunk, final);
    if (part === undefined) throw corrupt(file.path, `chunk ${chunk} does not authenticate`);
    unpacker.add(part);
    at += SEALED_BYTES;
    if (final) break;
  }
  if (!unpacker.complete) throw corrupt(file.path, "it ends inside a record");
  return unpacker.count;
}

function chunkKey(header: Header, key: DataKey): KeyObject {
  return key.fileKey("snapshot", header.salt, header.epoch);
}

function sealChunk(part: Buffer, key: KeyObject, chunk: number, final: boolean): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, chunkNonce(chunk, final));
  const sealed = cipher.update(part);
  cipher.final();
  return Buffer.concat([sealed, cipher.getAuthTag()]);
}

function openChunk(
  sealed: Buffer,
  key: KeyObject,
  chunk: number,
  final: boolean,
): Buffer | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, chunkNonce(chunk, final));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const part = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return part;
}

/** 11 bytes of counter and one that marks the last chunk: neither order nor end can change. */
function chunkNonce(chunk: number, final: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(chunk, 7);
  nonce[11] = final ? 1 : 0;
  return nonce;
}
