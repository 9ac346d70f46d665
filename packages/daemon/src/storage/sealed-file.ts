import { createCipheriv, createDecipheriv } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { DataKey } from "../keys/data-key.ts";
import { writeAll } from "./bytes.ts";
import type { DiskFile } from "./disk.ts";
import { TAG_BYTES } from "./frame.ts";
import { HEADER_BYTES, sealHeader } from "./header.ts";
import type { Header } from "./header.ts";
import { RecordPacker, RecordUnpacker } from "./records.ts";
import { corrupt } from "./trouble.ts";
import { Window } from "./window.ts";

/** How a file is sealed that is written once: its key, and bytes a chunk. */
export interface Sealing {
  readonly key: DataKey;
  readonly chunkBytes: number;
}

/**
 * Writes records into an empty file, chunk by chunk behind a header, and makes its content
 * durable; returns its size. `pause` is awaited between chunks, to let others run.
 */
export async function writeSealed(
  file: DiskFile,
  header: Header,
  { chunkBytes, key }: Sealing,
  content: { readonly records: Iterable<Uint8Array>; readonly pause: () => Promise<void> },
): Promise<number> {
  const chunks = chunkKey(header, key);
  writeAll(file, sealHeader(header, key), 0);
  let at = HEADER_BYTES;
  let chunk = 0;
  const put = (part: Buffer, final: boolean): void => {
    const sealed = sealChunk(part, chunks, chunk, final);
    writeAll(file, sealed, at);
    at += sealed.length;
    chunk += 1;
  };
  const packer = new RecordPacker(chunkBytes);
  for (const record of content.records) {
    for (const part of packer.add(record)) {
      put(part, false);
      await content.pause();
    }
  }
  put(packer.rest(), true);
  await file.sync();
  return at;
}

/**
 * Hands every record to `record`, in order, each authenticated before it is handed out;
 * `CORRUPT` at the first chunk that is not what was written there. Returns their number. `pause`
 * is awaited between chunks.
 */
export async function readSealed(
  file: DiskFile,
  header: Header,
  { chunkBytes, key }: Sealing,
  record: (record: Uint8Array) => void,
  pause?: () => Promise<void>,
): Promise<number> {
  const sealedBytes = chunkBytes + TAG_BYTES;
  const chunks = chunkKey(header, key);
  const window = await Window.over(file);
  const unpacker = new RecordUnpacker(record);
  let at = HEADER_BYTES;
  for (let chunk = 0; ; chunk += 1) {
    const sealed = window.peek(at, sealedBytes) ?? (await window.load(at, sealedBytes));
    const final = at + sealedBytes >= window.size;
    const part = openChunk(sealed, chunks, chunk, final);
    if (part === undefined) throw corrupt(file.path, `chunk ${chunk} does not authenticate`);
    unpacker.add(part);
    at += sealedBytes;
    if (final) break;
    await pause?.();
  }
  if (!unpacker.complete) throw corrupt(file.path, "it ends inside a record");
  return unpacker.count;
}

function chunkKey(header: Header, key: DataKey): KeyObject {
  return key.fileKey(header.kind, header.salt, header.epoch);
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
