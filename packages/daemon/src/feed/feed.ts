import type { ByteReader } from "../vault/reader.ts";
import { ByteWriter } from "../vault/writer.ts";
import { Block } from "./block.ts";
import type { FeedEvent } from "./block.ts";
import { Expiries } from "./expiries.ts";
import type { Expiry } from "./expiries.ts";

/** At least so many of the last events are kept, and so many in a block. */
const KEPT = 100_000;
const BLOCK = 4096;

/** What a snapshot keeps of a feed beside its blocks. */
export interface FeedStanding {
  /** It knows all that happened after this revision. */
  readonly floor: number;
  /** The number of its first event: they are counted from 0 for the whole life of the vault. */
  readonly begin: number;
  /** Until then what ends by itself was told; milliseconds since 1970. */
  readonly expiredUntil: number;
}

/** What happened to the vault lately, in the order of the revisions, as far as it is durable. */
export class Feed {
  readonly #expiries = new Expiries();
  readonly #listeners = new Set<() => void>();
  /** Full ones. */
  readonly #sealed: Block[] = [];
  /** What the last one is written into: one after the other, for each would grow from nothing. */
  readonly #writer = new ByteWriter(65_536);
  #tail = new Block(this.#writer);
  /** The full one that was read last: readers are mostly at the same place. */
  #opened: Block | undefined;
  #standing: FeedStanding = { floor: 0, begin: 0, expiredUntil: 0 };

  get standing(): FeedStanding {
    return this.#standing;
  }

  /** The number that the next event will have. */
  get end(): number {
    return this.#standing.begin + this.#sealed.length * BLOCK + this.#tail.count;
  }

  /** When the next secret ends, as far as it is known; milliseconds since 1970. */
  get nextExpiry(): number | undefined {
    return this.#expiries.next;
  }

  /** Calls it when there is more, until the returned function is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A secret that has an end was stored. */
  willExpire(expiry: Expiry): void {
    this.#expiries.add(expiry);
  }

  /**
   * Time has come to this, milliseconds since 1970: what ended by it is told, at the last revision
   * that there is. `stands`: whether it still was to end then.
   */
  expire(until: number, revision: number, stands: (expiry: Expiry) => boolean): void {
    const events: FeedEvent[] = [];
    for (;;) {
      const expiry = this.#expiries.take(until);
      if (expiry === undefined) break;
      // What had ended by then was told before, maybe by an earlier process.
      if (expiry.at <= this.#standing.expiredUntil || !stands(expiry)) continue;
      events.push({ kind: "expire", name: expiry.name, revision });
    }
    const expiredUntil = Math.max(this.#standing.expiredUntil, until);
    this.#standing = { ...this.#standing, expiredUntil };
    this.append(events);
  }

  /** Adds what became durable, and tells who listens. */
  append(events: readonly FeedEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) {
      this.#tail.add(event);
      if (this.#tail.count === BLOCK) this.#seal();
    }
    // Nobody reads what is added to while nobody listens.
    if (this.#listeners.size === 0) this.#tail.close();
    else for (const listener of this.#listeners) listener();
  }

  /**
   * The number of the first event behind a revision: what merely ended at it may not have been
   * seen, and counts as behind. Undefined where not all of these are known any more.
   */
  behind(revision: number): number | undefined {
    if (revision < this.#standing.floor) return undefined;
    let number = this.#standing.begin;
    for (const block of [...this.#sealed, this.#tail]) {
      const at = block.last < revision ? -1 : this.#open(block).findIndex(isBehind(revision));
      if (at !== -1) return number + at;
      number += block.count;
    }
    return number;
  }

  /** Some of the events from a number on; undefined where they are not known any more, or yet. */
  from(number: number): readonly FeedEvent[] | undefined {
    const { begin } = this.#standing;
    if (number < begin || number > this.end) return undefined;
    const block = this.#sealed[Math.floor((number - begin) / BLOCK)] ?? this.#tail;
    return this.#open(block).slice((number - begin) % BLOCK);
  }

  /** Its events as they are kept in a snapshot. */
  blocks(): readonly Block[] {
    return this.#tail.count === 0 ? this.#sealed : [...this.#sealed, this.#tail];
  }

  /** Begins as a snapshot has it. */
  restore(standing: FeedStanding): void {
    this.#standing = standing;
  }

  /** The next block of a snapshot; `CORRUPT` for none. */
  load(record: ByteReader): void {
    this.#tail = Block.read(record, this.#writer);
    if (this.#tail.count === BLOCK) this.#sealed.push(this.#tail.seal());
  }

  #seal(): void {
    this.#sealed.push(this.#tail.seal());
    const [oldest] = this.#sealed;
    if (oldest === undefined || (this.#sealed.length - 1) * BLOCK < KEPT) return;
    this.#sealed.shift();
    const { begin, expiredUntil } = this.#standing;
    this.#standing = { floor: oldest.last, begin: begin + oldest.count, expiredUntil };
  }

  #open(block: Block): readonly FeedEvent[] {
    if (block !== this.#tail && block !== this.#opened) {
      this.#opened?.close();
      this.#opened = block;
    }
    return block.events();
  }
}

function isBehind(revision: number): (event: FeedEvent) => boolean {
  return (event) =>
    event.revision > revision || (event.revision === revision && event.kind === "expire");
}
