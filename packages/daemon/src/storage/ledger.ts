/** A sealed audit segment, by what its file needs to be read. */
export interface SegmentPlace {
  /** The epoch that sealed it, by which its file is named. */
  readonly epoch: bigint;
  /** 32 bytes that its own key is made of. */
  readonly secret: Buffer;
  /** How many records there were before it, and the head of their chain. */
  readonly before: { readonly count: number; readonly head: Buffer };
}

/** A segment that is to be sealed. */
export interface NewSegment extends SegmentPlace {
  /** Blocks of records, each behind its length, in order; each read once, while the file is written. */
  readonly blocks: Iterable<Uint8Array>;
}

/**
 * What an epoch asks of the audit when it starts: the records that stand in the journal before it
 * are sealed in a file of their own before that journal goes.
 */
export interface Ledger {
  /** The last segment, as long as it is so small that it is written again with what follows. */
  readonly loose: SegmentPlace | undefined;
  /** Takes the records of the loose segment in; false when they are not those that were sealed. */
  adopt(records: readonly Uint8Array[]): boolean;
  /** What the epoch seals; undefined = nothing came since the last. */
  begin(epoch: bigint): NewSegment | undefined;
  /** The segment of so many bytes is durable: the snapshot that is written next lists it. */
  sealed(bytes: number): void;
  /** Whether the epoch has started; if not, all is as it was before `begin`. */
  settle(started: boolean): void;
  /** The segments whose files must stay, by epoch. */
  kept(): ReadonlySet<bigint>;
}
