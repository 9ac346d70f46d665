import type { Change } from "./change.ts";
import { readChange, readIntegers, writeChange } from "./change.ts";
import type { ByteReader } from "./reader.ts";
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

/** Bytes of a keyed hash in a record. */
export const HASH_BYTES = 16;

/** Writes the body of a commit record. */
export function writeCommit(writer: ByteWriter, commit: Commit): void {
  writer.integer(commit.revision);
  writer.time(commit.time);
  writeRequest(writer, commit.request);
  writer.integer(commit.changes.length);
  for (const change of commit.changes) writeChange(writer, change);
}

/** Reads one. */
export function readCommit(reader: ByteReader): Commit {
  return {
    revision: reader.integer(),
    time: reader.time(),
    request: readRequest(reader),
    changes: Array.from({ length: reader.count() }, () => readChange(reader)),
  };
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
