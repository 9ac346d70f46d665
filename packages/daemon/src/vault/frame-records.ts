import { readEvent, writeEvent } from "../audit/entry.ts";
import type { Event } from "../audit/entry.ts";
import type { By } from "../audit/of-commit.ts";
import { OWNER, readWho, writeWho } from "../audit/who.ts";
import { unsupported } from "./change.ts";
import { readCommit, writeCommit } from "./commit.ts";
import type { Commit } from "./commit.ts";
import { ByteReader, malformed } from "./reader.ts";
import type { ByteWriter } from "./writer.ts";

// The numbers stand in journals for ever; those of snapshots are counted on from the first.
const COMMIT = 1;
const BY = 8;
const EVENT = 9;
const KNOWN: ReadonlySet<number> = new Set([COMMIT, BY, EVENT]);

/** One of the records that a frame consists of. */
export type FrameRecord =
  | { readonly kind: "commit"; readonly commit: Commit; readonly by: By }
  | { readonly kind: "event"; readonly event: Event };

/** Whose the first commits of a frame are, unless it says otherwise. */
export const UNSAID: By = { who: OWNER, operation: undefined };

/** Writes a commit record: type, length, body. */
export function writeCommitRecord(writer: ByteWriter, commit: Commit): void {
  record(writer, COMMIT, () => writeCommit(writer, commit));
}

/** Writes whose the commits are that follow in the same frame. */
export function writeByRecord(writer: ByteWriter, { operation, who }: By): void {
  record(writer, BY, () => {
    writeWho(writer, who);
    writer.text(operation ?? "");
  });
}

/** Writes what happened and changed nothing. */
export function writeEventRecord(writer: ByteWriter, event: Event): void {
  record(writer, EVENT, () => writeEvent(writer, event));
}

/** The records of one frame, in order; anything that is left over is `CORRUPT`. */
export function* readFrame(payload: Uint8Array): Generator<FrameRecord> {
  const frame = new ByteReader(payload);
  let by = UNSAID;
  while (!frame.done) {
    const type = frame.byte();
    if (!KNOWN.has(type)) throw unsupported("record", type);
    const reader = new ByteReader(frame.raw(frame.fixed()));
    const found = readRecord(type, reader, by);
    if (!reader.done) throw malformed();
    if (found.kind === "by") by = found.by;
    else yield found;
  }
}

function readRecord(
  type: number,
  reader: ByteReader,
  by: By,
): FrameRecord | { readonly kind: "by"; readonly by: By } {
  switch (type) {
    case COMMIT:
      return { kind: "commit", commit: readCommit(reader), by };
    case BY: {
      const who = readWho(reader);
      const operation = reader.text();
      return { kind: "by", by: { who, operation: operation === "" ? undefined : operation } };
    }
    default:
      return { kind: "event", event: readEvent(reader) };
  }
}

function record(writer: ByteWriter, type: number, body: () => void): void {
  writer.byte(type);
  const lengthAt = writer.length;
  writer.fixed(0);
  body();
  writer.patch(lengthAt, writer.length - lengthAt - 4);
}
