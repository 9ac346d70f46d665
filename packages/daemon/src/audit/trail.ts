import { randomBytes } from "node:crypto";
import type { AuditPolicy } from "@strongroom/client/protocol";
import type { Ledger, NewSegment } from "../storage/ledger.ts";
import { ByteReader } from "../vault/reader.ts";
import { ByteWriter } from "../vault/writer.ts";
import { CHAIN_ORIGIN, ChainLink, follow } from "./chain.ts";
import type { ChainPlace } from "./chain.ts";
import { readEntry, writeEntry } from "./entry.ts";
import { DEFAULT_POLICY, readPolicy, writePolicy } from "./policy.ts";
import { readSegments, writeSegments } from "./segment-record.ts";
import type { Segment } from "./segment-record.ts";
import { Tail } from "./tail.ts";
import type { TailMark } from "./tail.ts";
import { SYSTEM } from "./who.ts";

/** A segment below so many bytes is written again with what follows. */
const LOOSE_BYTES = 262_144;
/** Entries are sealed in blocks: where one is damaged, few beside it are in doubt. */
const BLOCK_BYTES = 2048;

/** What is being sealed while an epoch starts. */
interface Sealing {
  readonly from: ChainPlace;
  readonly earlier: readonly Segment[];
  readonly segment: NewSegment;
  /** What the tail was before. */
  readonly undo: TailMark;
  /** Follows the records as they are read. */
  readonly link: ChainLink;
  /** Set when the file is durable. */
  sealed: Segment | undefined;
}

/**
 * The audit as far as it is durable: sealed segments, of which only where they are is kept here,
 * and the entries that stand in the journal of the epoch.
 */
export class Trail implements Ledger {
  /** What the frame in flight adds is written into these. */
  readonly scratch: { readonly entries: ByteWriter; readonly entry: ByteWriter } = {
    entries: new ByteWriter(4096),
    entry: new ByteWriter(1024),
  };
  policy: AuditPolicy = DEFAULT_POLICY;
  #from = CHAIN_ORIGIN;
  #segments: readonly Segment[] = [];
  /** Whether the last segment's entries are the first of the tail, to be sealed again with it. */
  #holdsLast = false;
  readonly #tail = new Tail();
  #sealing: Sealing | undefined;

  /** The number of the last record; 0 = there is none. */
  get last(): number {
    return this.#start.count + this.#tail.count;
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
    let { count: number } = this.#start;
    for (const record of this.#tail) yield { number: (number += 1), record };
  }

  /** Adds entries, each behind its length. */
  append(entries: Uint8Array, count: number): void {
    if (count > 0) this.#tail.add(entries, count);
  }

  get loose(): Segment | undefined {
    const last = this.#segments.at(-1);
    return last !== undefined && last.bytes < LOOSE_BYTES && !this.#holdsLast ? last : undefined;
  }

  adopt(records: readonly Uint8Array[]): boolean {
    const segment = this.loose;
    if (segment === undefined) return false;
    const after = follow(segment.before, records);
    if (after.count !== segment.after.count || !after.head.equals(segment.after.head)) return false;
    this.#tail.prepend(records);
    this.#holdsLast = true;
    return true;
  }

  begin(epoch: bigint): NewSegment | undefined {
    const before = this.#start;
    if (this.last === (this.#segments.at(-1)?.after ?? this.#from).count) return undefined;
    const undo = this.#tail.mark();
    const earlier = this.#bounded(this.sealedSegments);
    const from = earlier[0]?.before ?? (this.sealedSegments.length > 0 ? before : this.#from);
    this.#tellOfDropped(from.count - this.#from.count);
    const link = new ChainLink(before);
    const segment = { epoch, secret: randomBytes(32), before, blocks: this.#followed(link) };
    this.#sealing = { from, earlier, segment, undo, link, sealed: undefined };
    return segment;
  }

  sealed(bytes: number): void {
    const sealing = this.#sealing;
    if (sealing === undefined) throw new TypeError("nothing is being sealed");
    const { before, epoch, secret } = sealing.segment;
    sealing.sealed = { epoch, secret, before, after: sealing.link.end(), bytes };
  }

  settle(started: boolean): void {
    const sealing = this.#sealing;
    this.#sealing = undefined;
    if (sealing === undefined) return;
    const { earlier, from, sealed, undo } = sealing;
    if (!started || sealed === undefined) {
      this.#tail.undo(undo);
      return;
    }
    this.#from = from;
    this.#segments = [...earlier, sealed];
    this.#holdsLast = sealed.bytes < LOOSE_BYTES;
    if (!this.#holdsLast) this.#tail.clear();
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
    const [entry, told] = [new ByteWriter(128), new ByteWriter(128)];
    const { revision, time } = this.#newest();
    const what = { who: SYSTEM, operation: "audit/drop", name: "", reason: undefined, count };
    writeEntry(entry, { ...what, revision, time });
    told.bytes(entry.view());
    this.#tail.add(told.view(), 1);
  }

  /** When the last entry of the tail was made. */
  #newest(): { readonly revision: number; readonly time: number } {
    let newest = { revision: 0, time: 0 };
    for (const { number, record } of this.tail()) {
      if (number === this.last) newest = readEntry(new ByteReader(record), number);
    }
    return newest;
  }

  *#followed(link: ChainLink): Generator<Uint8Array> {
    for (const { bytes, count } of this.#tail.blocks(BLOCK_BYTES)) {
      link.addBlock(bytes, count);
      yield bytes;
    }
  }
}
