import { createHash } from "node:crypto";
import { ByteWriter } from "../vault/writer.ts";

/** Bytes of the chain's head. */
export const HEAD_BYTES = 32;
const BLOCK_BYTES = 65_536;

/** A place in the chain: how many records there were, and the head behind the last segment. */
export interface ChainPlace {
  readonly count: number;
  readonly head: Buffer;
}

/** Where the chain begins. */
export const CHAIN_ORIGIN: ChainPlace = { count: 0, head: Buffer.alloc(HEAD_BYTES) };

/**
 * Follows the chain over the records of one segment: its head is SHA-256 over the head before it
 * and the records, each behind its length.
 */
export class ChainLink {
  readonly #hash = createHash("sha256");
  readonly #block = new ByteWriter(BLOCK_BYTES);
  #count: number;

  constructor({ count, head }: ChainPlace) {
    this.#count = count;
    this.#hash.update(head);
  }

  /** The next record. */
  add(record: Uint8Array): void {
    this.#block.bytes(record);
    this.#count += 1;
    if (this.#block.length >= BLOCK_BYTES) this.#flush();
  }

  /** So many records, each behind its length. */
  addBlock(records: Uint8Array, count: number): void {
    this.#flush();
    this.#hash.update(records);
    this.#count += count;
  }

  /** The place behind the last record; nothing can be added afterwards. */
  end(): ChainPlace {
    this.#flush();
    return { count: this.#count, head: this.#hash.digest() };
  }

  #flush(): void {
    if (this.#block.length === 0) return;
    this.#hash.update(this.#block.view());
    this.#block.clear();
  }
}

/** The place behind a segment of these records. */
export function follow(place: ChainPlace, records: Iterable<Uint8Array>): ChainPlace {
  const link = new ChainLink(place);
  for (const record of records) link.add(record);
  return link.end();
}
