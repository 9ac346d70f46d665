import { randomBytes } from "node:crypto";
import type { AuditPolicy } from "@strongroom/client/protocol";
import type { Ledger, NewSegment } from "../storage/ledger.ts";
import { ByteReader } from "../vault/reader.ts";
import { ByteWriter } from "../vault/writer.ts";
import { CHAIN_ORIGIN, follow } from "./chain.ts";
import type { ChainPlace } from "./chain.ts";
import { readEntry, writeEntry } from "./entry.ts";
import { DEFAULT_POLICY, readPolicy, writePolicy } from "./policy.ts";
import { readSegments, writeSegments } from "./segment-record.ts";
import type { Segment } from "./segment-record.ts";
import { SYSTEM } from "./who.ts";

/** A segment below so many bytes is written again with what follows. */
const LOOSE_BYTES = 262_144;

/** What is being sealed while an epoch starts. */
interface Sealing {
  readonly from: ChainPlace;
  readonly earlier: readonly Segment[];
  readonly segment: NewSegment;
  /** What the tail was before. */
  readonly undo: { readonly bytes: number; readonly count: number };
  /** Behind the records that were read so far. */
  after: ChainPlace;
  /** Set when the file is durable. */
  sealed: Segment | undefined;
}

/**
 * The audit as far as it is durable: sealed segments, of which only where they are is kept here,
 * and the entries that stand in the journal of the epoch.
 */
export class Trail implements Ledger {
  policy: AuditPolicy = DEFAULT_POLICY;
  #from = CHAIN_ORIGIN;
  #segments: readonly Segment[] = [];
  /** Whether the last segment's entries are the first of the tail, to be sealed again with it. */
  #holdsLast = false;
  readonly #tail = new ByteWriter(4096);
  #count = 0;
  #sealing: Sealing | undefined;

  /** The number of the last record; 0 = there is none. */
  get last(): number {
    return this.#start.count + this.#count;
  }

  /** Whether nothing of it needs to be kept in a snapshot. */
  get isEmpty(): boolean {
    return this.last === 0 && this.policy === DEFAULT_POLICY;
  }

  /** The sealed segments whose entries are not in the tail, the oldest first. */
  get sealedSegments(): readonly Segment[] {
    return this.#holdsLast ? this.#segments.slice(0, -1) : this.#segments;
  }

  /** Every sealed segment, the oldest first. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Where the chain is kept from; all before it was dropped. */
  get from(): ChainPlace {
    return this.#from;
  }

  /** Bytes of the entries that wait to be sealed. */
  get tailBytes(): number {
    return this.#tail.length;
  }

  /** The entries that are in no segment, or in a loose one, with their numbers. */
  *tail(): Generator<{ readonly number: number; readonly record: Buffer }> {
    const reader = new ByteReader(this.#tail.view());
    for (let number = this.#start.count + 1; !reader.done; number += 1) {
      yield { number, record: reader.bytes() };
    }
  }

  /** Adds entries, each behind its length. */
  append(entries: Uint8Array, count: number): void {
    if (count === 0) return;
    this.#tail.raw(entries);
    this.#count += count;
  }

  get loose(): Segment | undefined {
    const last = this.#segments.at(-1);
    return last !== undefined && last.bytes < LOOSE_BYTES && !this.#holdsLast ? last : undefined;
  }

  adopt(records: readonly Uint8Array[]): boolean {
    const segment = this.loose;
    if (segment === undefined) return false;
    const after = records.reduce(follow, segment.before);
    if (after.count !== segment.after.count || !after.head.equals(segment.after.head)) return false;
    const later = Buffer.from(this.#tail.view());
    this.#tail.clear();
    for (const record of records) this.#tail.bytes(record);
    this.#tail.raw(later);
    this.#count += records.length;
    this.#holdsLast = true;
    return true;
  }

  begin(epoch: bigint): NewSegment | undefined {
    const before = this.#start;
    if (this.last === (this.#segments.at(-1)?.after ?? this.#from).count) return undefined;
    const undo = { bytes: this.#tail.length, count: this.#count };
    const earlier = this.#bounded(this.sealedSegments);
    const from = earlier[0]?.before ?? (this.sealedSegments.length > 0 ? before : this.#from);
    this.#tellOfDropped(from.count - this.#from.count);
    const segment = { epoch, secret: randomBytes(32), before, records: this.#sealed() };
    this.#sealing = { from, earlier, segment, undo, after: before, sealed: undefined };
    return segment;
  }

  sealed(bytes: number): void {
    const sealing = this.#sealing;
    if (sealing === undefined) throw new TypeError("nothing is being sealed");
    const { after, segment } = sealing;
    const { before, epoch, secret } = segment;
    sealing.sealed = { epoch, secret, before, after, bytes };
  }

  settle(started: boolean): void {
    const sealing = this.#sealing;
    this.#sealing = undefined;
    if (sealing === undefined) return;
    const { earlier, from, sealed, undo } = sealing;
    if (!started || sealed === undefined) {
      this.#tail.truncate(undo.bytes);
      this.#count = undo.count;
      return;
    }
    this.#from = from;
    this.#segments = [...earlier, sealed];
    this.#holdsLast = sealed.bytes < LOOSE_BYTES;
    if (this.#holdsLast) return;
    this.#tail.clear();
    this.#count = 0;
  }

  kept(): ReadonlySet<bigint> {
    return new Set(this.#segments.map(({ epoch }) => epoch));
  }

  /** The sealed part is another vault's: the chain goes on from its end. */
  detach(): void {
    this.#from = this.#start;
    this.#segments = [];
  }

  /** Writes what the next snapshot holds of the audit. */
  write(writer: ByteWriter): void {
    const { earlier = [], from = this.#from, sealed } = this.#sealing ?? {};
    writePolicy(writer, this.policy);
    if (sealed === undefined) writeSegments(writer, this.#from, this.#segments);
    else writeSegments(writer, from, [...earlier, sealed]);
  }

  /** Reads it back. */
  read(reader: ByteReader): void {
    this.policy = readPolicy(reader);
    const { from, segments } = readSegments(reader);
    this.#from = from;
    this.#segments = segments;
  }

  /** Where the chain stands before the tail. */
  get #start(): ChainPlace {
    const last = this.#segments.at(-1);
    if (last === undefined) return this.#from;
    return this.#holdsLast ? last.before : last.after;
  }

  /** The newest segments that together have no more bytes than are to be kept. */
  #bounded(segments: readonly Segment[]): readonly Segment[] {
    const { keepBytes } = this.policy;
    if (keepBytes === null) return segments;
    let room = keepBytes;
    const first = segments.findLastIndex(({ bytes }) => (room -= bytes) < 0);
    return segments.slice(first + 1);
  }

  #tellOfDropped(count: number): void {
    if (count === 0) return;
    const entry = new ByteWriter(128);
    const { revision, time } = this.#newest();
    const told = { who: SYSTEM, operation: "audit/drop", name: "", reason: undefined, count };
    writeEntry(entry, { ...told, revision, time });
    this.#tail.bytes(entry.view());
    this.#count += 1;
  }

  /** When the last entry of the tail was made. */
  #newest(): { readonly revision: number; readonly time: number } {
    let newest = { revision: 0, time: 0 };
    for (const { number, record } of this.tail()) {
      if (number === this.last) newest = readEntry(new ByteReader(record), number);
    }
    return newest;
  }

  *#sealed(): Generator<Uint8Array> {
    for (const { record } of this.tail()) {
      if (this.#sealing !== undefined) this.#sealing.after = follow(this.#sealing.after, record);
      yield record;
    }
  }
}
