import type { Change } from "./change.ts";
import { readChange, readIntegers, unsupported, writeChange } from "./change.ts";
import { ByteReader, malformed } from "./reader.ts";
import type { ByteWriter } from "./writer.ts";

/** A committed mutation or batch: all of it takes effect at one revision. */
export interface Commit {
  readonly revision: number;
  /** Wall time, milliseconds since 1970. */
  readonly time: number;
  readonly changes: readonly Change[];
  readonly request: CommitRequest | undefined;
}

/** The request id that a commit answers for ever, and with what. */
export interface CommitRequest {
  readonly key: string;
  readonly body: string;
  readonly numbers: readonly number[];
}

// The number stands in journals for ever; those of snapshots are counted on from it.
const COMMIT = 1;
/** Bytes of a keyed hash in a record. */
export const HASH_BYTES = 16;

/** Writes a commit record: type, length, body. */
export function writeCommit(writer: ByteWriter, commit: Commit): void {
  writer.byte(COMMIT);
  const lengthAt = writer.length;
  writer.fixed(0);
  writer.integer(commit.revision);
  writer.time(commit.time);
  writeRequest(writer, commit.request);
  writer.integer(commit.changes.length);
  for (const change of commit.changes) writeChange(writer, change);
  writer.patch(lengthAt, writer.length - lengthAt - 4);
}

/** The commits of one frame, in order; anything that is left over is `CORRUPT`. */
export function* readCommits(payload: Uint8Array): Generator<Commit> {
  const frame = new ByteReader(payload);
  while (!frame.done) {
    const type = frame.byte();
    if (type !== COMMIT) throw unsupported("record", type);
    const reader = new ByteReader(frame.raw(frame.fixed()));
    const commit = {
      revision: reader.integer(),
      time: reader.time(),
      request: readRequest(reader),
      changes: Array.from({ length: reader.count() }, () => readChange(reader)),
    };
    if (!reader.done) throw malformed();
    yield commit;
  }
}

function writeRequest(writer: ByteWriter, request: CommitRequest | undefined): void {
  writer.byte(request === undefined ? 0 : 1);
  if (request === undefined) return;
  writer.latin1(request.key);
  writer.latin1(request.body);
  writer.integer(request.numbers.length);
  for (const number of request.numbers) writer.integer(number);
}

function readRequest(reader: ByteReader): CommitRequest | undefined {
  if (reader.byte() === 0) return undefined;
  return {
    key: reader.raw(HASH_BYTES).toString("latin1"),
    body: reader.raw(HASH_BYTES).toString("latin1"),
    numbers: readIntegers(reader),
  };
}
