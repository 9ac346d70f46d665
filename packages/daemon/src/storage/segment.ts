import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { DataKey, fresh, KEY_BYTES, sameBytes } from "../keys/data-key.ts";
import type { Disk } from "./disk.ts";
import { TAG_BYTES } from "./frame.ts";
import { HEADER_BYTES, openHeader } from "./header.ts";
import type { Header } from "./header.ts";
import type { NewSegment, SegmentPlace } from "./ledger.ts";
import { openNamed } from "./load.ts";
import { epochName } from "./names.ts";
import { readSealed, writeSealed } from "./sealed-file.ts";
import { corrupt, trouble } from "./trouble.ts";

// Small chunks: where a byte is damaged, few records beside it are in doubt.
const CHUNK_BYTES = 4096;

/** Where the segments of a vault are. */
export interface SegmentFolder {
  readonly disk: Disk;
  /** The vault folder. */
  readonly folder: string;
  readonly vaultId: Buffer;
}

/** Writes a segment, durable with its name; returns its size. */
export async function writeSegment(
  { disk, folder, vaultId }: SegmentFolder,
  segment: NewSegment,
  pause: () => Promise<void>,
): Promise<number> {
  const path = join(folder, epochName("audit", segment.epoch));
  const { before, blocks, epoch } = segment;
  const header: Header = {
    kind: "audit",
    epoch,
    position: { sequence: before.count, tag: Buffer.alloc(TAG_BYTES) },
    salt: fresh(KEY_BYTES),
    binding: before.head,
  };
  const sealing = { key: new DataKey(segment.secret, vaultId), chunkBytes: CHUNK_BYTES };
  const file = await disk.create(`${path}.tmp`);
  let bytes: number;
  try {
    bytes = await writeSealed(file, header, sealing, { records: blocks, pause });
  } finally {
    await file.close();
  }
  await disk.rename(`${path}.tmp`, path);
  await disk.syncFolder(folder);
  return bytes;
}

/**
 * Hands out the records of a segment in order and says where its file is; `CORRUPT` names it and
 * the first record that cannot be read. `pause` is awaited now and then, to let others run.
 */
export async function readSegment(
  { disk, folder, vaultId }: SegmentFolder,
  { before, epoch, secret }: SegmentPlace,
  record: (record: Uint8Array) => void,
  pause?: () => Promise<void>,
): Promise<{ readonly path: string }> {
  const path = join(folder, epochName("audit", epoch));
  const key = new DataKey(secret, vaultId);
  let read = 0;
  try {
    const file = await openNamed(disk, path);
    try {
      const bytes = await file.read(0, HEADER_BYTES);
      const header = openHeader(bytes, { kind: "audit", epoch }, key, path);
      if (header.position.sequence !== before.count || !sameBytes(header.binding, before.head)) {
        throw corrupt(path, "it does not follow the segment before it");
      }
      const open = (block: Uint8Array): void => {
        for (const each of recordsOf(block)) {
          record(each);
          read += 1;
        }
      };
      await readSealed(file, header, { key, chunkBytes: CHUNK_BYTES }, open, pause);
    } finally {
      await file.close();
    }
  } catch (error) {
    const isCorrupt = error instanceof StrongroomError && error.code === "CORRUPT";
    const what = NO_FILE.get(systemCodeOf(error));
    if (!isCorrupt && what === undefined) throw trouble(error, path);
    throw brokenAt(path, before.count + read + 1, what ?? error);
  }
  return { path };
}

/** What somebody may have put in its place, by what the system says of it. */
const NO_FILE: ReadonlyMap<string, string> = new Map([
  ["EINVAL", "it is no regular file"],
  ["EISDIR", "a folder is in its place"],
  ["ELOOP", "a symbolic link is in its place"],
  ["ENXIO", "it is no regular file"],
  ["ESPIPE", "it is no regular file"],
]);

function systemCodeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** The records of a block: each behind its length, seven bits a byte, lowest first. */
function* recordsOf(block: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < block.length;) {
    let length = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = block[at++] ?? 0;
      length += (byte % 0x80) * unit;
      if (byte < 0x80) break;
    }
    yield block.subarray(at, at + length);
    at += length;
  }
}

/** The audit is damaged from a record on; `cause` is an error, or says why. */
export function brokenAt(path: string, number: number, cause: unknown): StrongroomError {
  const why = cause instanceof Error ? cause.message.replace(`${path}: `, "") : String(cause);
  return new StrongroomError("CORRUPT", `${path}: audit record ${number} is broken (${why})`, {
    hint: "the secrets are not affected, and what is around it is shown by: strongroom audit",
    cause,
  });
}
