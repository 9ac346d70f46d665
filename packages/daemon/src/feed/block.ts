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

/** Events that are not added to any more, as bytes; opened on demand. */
export interface Block {
  /** The revision of its last event. */
  readonly last: number;
  readonly count: number;
  readonly bytes: Buffer;
}

// The numbers stand in snapshots for ever: never change one, never use one again.
const KINDS: readonly EventKind[] = ["set", "delete", "expire", "revoke"];

/** Packs events, at least one: for each a byte, how much its revision is above the last one's, its name. */
export function packBlock(events: readonly FeedEvent[]): Block {
  const writer = new ByteWriter(4096);
  let last = 0;
  writer.integer(events.length);
  for (const { kind, name, revision } of events) {
    writer.byte(KINDS.indexOf(kind));
    writer.integer(revision - last);
    writer.text(name);
    last = revision;
  }
  return { last, count: events.length, bytes: Buffer.from(writer.view()) };
}

/** Its events, in order; `CORRUPT` where there are none. */
export function openBlock(bytes: Buffer): FeedEvent[] {
  const reader = new ByteReader(bytes);
  let revision = 0;
  return Array.from({ length: reader.integer() }, () => {
    const kind = KINDS[reader.byte()];
    revision += reader.integer();
    // A kind of a later release is passed on as the change that it is in any case.
    return { kind: kind ?? "set", name: reader.text(), revision };
  });
}

/** A block from the bytes of a snapshot. */
export function readBlock(bytes: Buffer): Block {
  const events = openBlock(bytes);
  return { last: events.at(-1)?.revision ?? 0, count: events.length, bytes };
}
