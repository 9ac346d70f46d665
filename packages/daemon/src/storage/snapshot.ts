import { fresh, KEY_BYTES } from "../keys/data-key.ts";
import type { DataKey } from "../keys/data-key.ts";
import type { DiskFile } from "./disk.ts";
import type { Position } from "./frame.ts";
import { HEADER_BYTES, openHeader } from "./header.ts";
import type { Header } from "./header.ts";
import { readSealed, writeSealed } from "./sealed-file.ts";

const CHUNK_BYTES = 65_536;

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
  const { epoch, key, position, journalSalt: binding } = input;
  const header: Header = { kind: "snapshot", epoch, position, salt: fresh(KEY_BYTES), binding };
  return await writeSealed(file, header, { key, chunkBytes: CHUNK_BYTES }, input);
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
  return await readSealed(file, header, { key, chunkBytes: CHUNK_BYTES }, record);
}
