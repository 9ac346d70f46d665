import type { SegmentPlace } from "../storage/ledger.ts";
import type { ByteReader } from "../vault/reader.ts";
import type { ByteWriter } from "../vault/writer.ts";
import { HEAD_BYTES } from "./chain.ts";
import type { ChainPlace } from "./chain.ts";

const SECRET_BYTES = 32;

/** A sealed segment as the snapshot lists it. */
export interface Segment extends SegmentPlace {
  /** Where the chain is behind its last record. */
  readonly after: ChainPlace;
  /** Bytes of its file. */
  readonly bytes: number;
}

/** Writes where the kept chain begins, and its segments, each beginning where the last one ends. */
export function writeSegments(
  writer: ByteWriter,
  from: ChainPlace,
  segments: readonly Segment[],
): void {
  writePlace(writer, from);
  writer.integer(segments.length);
  for (const { after, bytes, epoch, secret } of segments) {
    // An epoch counts the starts of a daemon: it is far from 2^53.
    writer.integer(Number(epoch));
    writer.raw(secret);
    writePlace(writer, after);
    writer.integer(bytes);
  }
}

/** Reads what `writeSegments` wrote. */
export function readSegments(reader: ByteReader): {
  readonly from: ChainPlace;
  readonly segments: readonly Segment[];
} {
  const from = readPlace(reader);
  let before = from;
  const segments = Array.from({ length: reader.count() }, () => {
    const epoch = BigInt(reader.integer());
    const secret = Buffer.from(reader.raw(SECRET_BYTES));
    const after = readPlace(reader);
    const segment = { epoch, secret, before, after, bytes: reader.integer() };
    before = after;
    return segment;
  });
  return { from, segments };
}

function writePlace(writer: ByteWriter, { count, head }: ChainPlace): void {
  writer.integer(count);
  writer.raw(head);
}

function readPlace(reader: ByteReader): ChainPlace {
  return { count: reader.integer(), head: Buffer.from(reader.raw(HEAD_BYTES)) };
}
