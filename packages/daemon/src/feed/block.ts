import { ByteReader } from "../vault/reader.ts";
import { ByteWriter } from "../vault/writer.ts";

/** What happened to a name. */
export type EventKind = "delete" | "expire" | "revoke" | "set";

/** An event of the vault; of several that one commit made each has its revision. */
export interface FeedEvent {
  readonly kind: EventKind;
  readonly name: string;
  readonly revision: number;
}

// The numbers stand in snapshots for ever: never change one, never use one again.
const KINDS: readonly EventKind[] = ["set", "delete", "expire", "revoke"];

/**
 * Events in a row as bytes, opened on demand: for each a byte, how much its revision is above that
 * of the one before, and its name.
 */
export class Block {
  readonly #writer: ByteWriter;
  #count = 0;
  #last = 0;
  /** Those that were opened, as long as somebody reads them. */
  #opened: { readonly events: FeedEvent[]; end: number } | undefined;

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  /** A block as a snapshot has it, written into what is given; `CORRUPT` for none. */
  static read(record: ByteReader, writer: ByteWriter): Block {
    const count = record.integer();
    const body = record.rest();
    const block = new Block(writer);
    writer.clear();
    writer.raw(body);
    const reader = new ByteReader(body);
    for (; block.#count < count; block.#count += 1) {
      reader.byte();
      block.#last += reader.integer();
      reader.skip(reader.integer());
    }
    return block;
  }

  get count(): number {
    return this.#count;
  }

  /** The revision of its last event. */
  get last(): number {
    return this.#last;
  }

  add({ kind, name, revision }: FeedEvent): void {
    this.#writer.byte(KINDS.indexOf(kind));
    this.#writer.integer(revision - this.#last);
    this.#writer.text(name);
    this.#last = revision;
    this.#count += 1;
  }

  /** Its events, in order, of which those before `from` are not wanted. */
  events(): readonly FeedEvent[] {
    const opened = (this.#opened ??= { events: [], end: 0 });
    const reader = new ByteReader(this.#writer.view(), opened.end);
    let revision = opened.events.at(-1)?.revision ?? 0;
    while (opened.events.length < this.#count) {
      const kind = KINDS[reader.byte()];
      revision += reader.integer();
      // A kind of a later release is passed on as the change that it is in any case.
      opened.events.push({ kind: kind ?? "set", name: reader.text(), revision });
    }
    opened.end = reader.position;
    return opened.events;
  }

  /** Nobody reads it for now. */
  close(): void {
    this.#opened = undefined;
  }

  /** Adds it to a record of a snapshot. */
  write(record: ByteWriter): void {
    record.integer(this.#count);
    record.raw(this.#writer.view());
  }

  /** The same in no more memory than it needs, for nothing will be added; this one begins anew. */
  seal(): Block {
    const writer = new ByteWriter(this.#writer.length);
    writer.raw(this.#writer.view());
    const block = new Block(writer);
    [block.#count, block.#last] = [this.#count, this.#last];
    this.#writer.clear();
    [this.#count, this.#last] = [0, 0];
    this.close();
    return block;
  }
}
