import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { discard, writeAll } from "../storage/bytes.ts";
import type { Disk, DiskFile } from "../storage/disk.ts";
import { FORMAT, unsupported } from "../storage/header.ts";
import { RecordPacker, RecordUnpacker } from "../storage/records.ts";
import { corrupt, trouble } from "../storage/trouble.ts";
import { ageFailure, unwrapStream, wrapStream } from "./age.ts";
import { fresh, ID_BYTES } from "./data-key.ts";
import type { DataKey } from "./data-key.ts";
import { foreignKeyfile } from "./keyfile.ts";
import type { Opener } from "./recovery.ts";

const PART_BYTES = 65_536;
const READ_BYTES = 1_048_576;
const MAGIC = Buffer.from("SRBACKUP", "latin1");

/** magic 8, format 4, vault id 16, key check 16. */
const HEADER_BYTES = 44;

/** What a backup is made of. */
export interface BackupInput {
  readonly disk: Disk;
  /** An existing folder. */
  readonly folder: string;
  readonly key: DataKey;
  readonly recipients: readonly string[];
  readonly records: Iterable<Uint8Array>;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Awaited between parts, to let others run. */
  readonly pause: () => Promise<void>;
}

/**
 * Writes the records as one age file for the recipients of the slots; resolves to its path
 * once file and name are durable. A backup that could not be finished leaves nothing behind.
 */
export async function writeBackup(input: BackupInput): Promise<string> {
  const { disk, folder } = input;
  const stamp = new Date(input.time).toISOString().replaceAll(/[-:]/g, "").replace(/\..*/, "Z");
  const path = join(folder, `strongroom-${stamp}-${fresh(4).toString("hex")}.age`);
  const temporary = `${path}.tmp`;
  try {
    const file = await disk.create(temporary);
    try {
      await fill(file, await wrapStream(plain(input), input.recipients));
      await file.sync();
    } finally {
      await file.close();
    }
    await disk.rename(temporary, path);
    await disk.syncFolder(folder);
    return path;
  } catch (error) {
    await discardQuietly(disk, temporary);
    throw trouble(error, path);
  }
}

/**
 * Hands every record of a backup to `record`, each authenticated by age before it is handed
 * out. Rejects with `WRONG_KEY`, `ROLLED_BACK`, `CORRUPT` or `UNSUPPORTED_FORMAT` naming the
 * file; what was handed out until then must be thrown away.
 */
export async function readBackup(
  disk: Disk,
  path: string,
  opener: Opener,
  record: (record: Uint8Array) => void,
): Promise<{ readonly vaultId: string; readonly records: number }> {
  try {
    const file = await disk.open(path);
    try {
      return await readFrom(file, opener, record);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw trouble(error, path);
  }
}

async function readFrom(
  file: DiskFile,
  opener: Opener,
  record: (record: Uint8Array) => void,
): Promise<{ readonly vaultId: string; readonly records: number }> {
  const { path } = file;
  const unpacker = new RecordUnpacker(record);
  let header: Buffer | undefined;
  for await (const part of parts(await opened(file, opener, path), path)) {
    if (header === undefined) header = headerOf(part, opener, path);
    else unpacker.add(part);
  }
  if (header === undefined || !unpacker.complete) throw corrupt(path, "it is cut short");
  return { vaultId: header.toString("hex", 12, 28), records: unpacker.count };
}

/** The plain text of a backup: header, then records behind their lengths. */
function plain(input: BackupInput): ReadableStream<Uint8Array> {
  const source = plainParts(input);
  return new ReadableStream({
    async pull(controller): Promise<void> {
      const next = source.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
      await input.pause();
    },
  });
}

function* plainParts(input: BackupInput): Generator<Uint8Array> {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header, 0);
  header.writeUInt32BE(FORMAT, 8);
  input.key.vaultId.copy(header, 12);
  input.key.check.copy(header, 12 + ID_BYTES);
  yield header;
  const packer = new RecordPacker(PART_BYTES);
  for (const record of input.records) {
    for (const part of packer.add(record)) yield Buffer.from(part);
  }
  yield Buffer.from(packer.rest());
}

async function fill(file: DiskFile, sealed: ReadableStream<Uint8Array>): Promise<void> {
  let at = 0;
  for await (const part of sealed) {
    writeAll(file, part, at);
    at += part.length;
  }
}

async function opened(
  file: DiskFile,
  opener: Opener,
  path: string,
): Promise<ReadableStream<Uint8Array>> {
  let at = 0;
  const sealed = new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      const part = await file.read(at, READ_BYTES);
      at += part.length;
      if (part.length === 0) controller.close();
      else controller.enqueue(part);
    },
  });
  try {
    return await unwrapStream(sealed, opener.identity);
  } catch (error) {
    throw ageFailure(error, path);
  }
}

/** The header as the first part, then what follows it. */
async function* parts(stream: ReadableStream<Uint8Array>, path: string): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  try {
    for await (const part of stream) {
      if (start === undefined) {
        yield Buffer.from(part);
        continue;
      }
      start = Buffer.concat([start, part]);
      if (start.length < HEADER_BYTES) continue;
      yield start.subarray(0, HEADER_BYTES);
      yield start.subarray(HEADER_BYTES);
      start = undefined;
    }
  } catch (error) {
    throw ageFailure(error, path);
  }
}

function headerOf(header: Buffer, opener: Opener, path: string): Buffer {
  if (!header.subarray(0, 8).equals(MAGIC)) throw corrupt(path, "it is no backup");
  const format = header.readUInt32BE(8);
  if (format !== FORMAT) throw unsupported(path, format);
  const { vaultId, check, earlier = [] } = opener;
  if (vaultId !== undefined && !header.subarray(12, 28).equals(vaultId)) {
    throw foreignKeyfile(opener.path, `it belongs to another vault than ${path}`);
  }
  const made = header.subarray(28, HEADER_BYTES);
  if (check !== undefined && ![check, ...earlier].some((each) => made.equals(each))) {
    throw new StrongroomError("ROLLED_BACK", `${path}: it was made with another data key`, {
      hint: "use a backup of this vault; or, if it was made after the last rekey, the key file of today",
    });
  }
  return header;
}

async function discardQuietly(disk: Disk, path: string): Promise<void> {
  try {
    await discard(disk, path);
  } catch {
    // The failure that led here is the one to report.
  }
}
