import { createHash } from "node:crypto";

/** Bytes of the chain's head. */
export const HEAD_BYTES = 32;

/** A place in the chain: how many records there were, and the head behind the last. */
export interface ChainPlace {
  readonly count: number;
  readonly head: Buffer;
}

/** Where the chain begins. */
export const CHAIN_ORIGIN: ChainPlace = { count: 0, head: Buffer.alloc(HEAD_BYTES) };

/** The place behind one more record: SHA-256 over the head and the record. */
export function follow({ count, head }: ChainPlace, record: Uint8Array): ChainPlace {
  return { count: count + 1, head: createHash("sha256").update(head).update(record).digest() };
}
