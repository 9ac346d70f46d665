import { ERRORS } from "@strongroom/client/protocol";
import type { AuditEntry, ErrorCode } from "@strongroom/client/protocol";
import type { ByteReader } from "../vault/reader.ts";
import { malformed } from "../vault/reader.ts";
import type { ByteWriter } from "../vault/writer.ts";
import { readWho, WHO_BYTES, writtenWho } from "./who.ts";
import type { Who } from "./who.ts";

/** What happened, once or several times, and changed nothing in the vault. */
export interface Event {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly who: Who;
  readonly operation: string;
  /** Empty = it is about no name. */
  readonly name: string;
  /** Why it was refused; undefined = it was not. */
  readonly reason: ErrorCode | undefined;
  readonly count: number;
}

/** An event with its place: what the chain is made of. */
export interface Entry extends Event {
  readonly revision: number;
}

const FIELD_BYTES = 64;

/** At most so many bytes that an event takes in a frame. */
export function eventBytes({ name, operation }: Event): number {
  return WHO_BYTES + FIELD_BYTES + Buffer.byteLength(operation) + Buffer.byteLength(name);
}

/** Writes an event. */
export function writeEvent(writer: ByteWriter, event: Event): void {
  writer.time(event.time);
  writer.raw(writtenWho(event.who));
  writer.text(event.operation);
  writer.text(event.name);
  writer.text(event.reason ?? "");
  writer.integer(event.count);
}

/** Reads one; `CORRUPT` when it is none. */
export function readEvent(reader: ByteReader): Event {
  return {
    time: reader.time(),
    who: readWho(reader),
    operation: reader.text(),
    name: reader.text(),
    reason: reasonOf(reader.text()),
    count: reader.integer(),
  };
}

/** Writes an entry: its revision, then the event. */
export function writeEntry(writer: ByteWriter, entry: Entry): void {
  writer.integer(entry.revision);
  writeEvent(writer, entry);
}

/** Reads one as it is shown, with its number. */
export function readEntry(reader: ByteReader, number: number): AuditEntry {
  const revision = reader.integer();
  const { count, name, operation, reason, time, who } = readEvent(reader);
  if (!reader.done) throw malformed();
  return {
    number,
    time,
    revision,
    ...who,
    operation,
    ...(name === "" ? {} : { name }),
    outcome: reason === undefined ? "ok" : "refused",
    ...(reason === undefined ? {} : { reason }),
    ...(count === 1 ? {} : { count }),
  };
}

function reasonOf(text: string): ErrorCode | undefined {
  if (text === "") return undefined;
  if (!Object.hasOwn(ERRORS, text)) throw malformed();
  return text as ErrorCode;
}
