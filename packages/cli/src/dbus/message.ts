import { DBusError } from "./failure.ts";
import { readValues } from "./reader.ts";
import { Variant } from "./variant.ts";
import type { Value } from "./variant.ts";
import { writeValues } from "./writer.ts";

/** The kinds of messages, by their numbers on the wire. */
export const KINDS = { call: 1, reply: 2, error: 3, signal: 4 } as const;
const FIELDS = {
  path: [1, "o"],
  interface: [2, "s"],
  member: [3, "s"],
  errorName: [4, "s"],
  replySerial: [5, "u"],
  destination: [6, "s"],
  sender: [7, "s"],
  signature: [8, "g"],
} as const;
const LITTLE = 0x6c;
const BIG = 0x42;
const VERSION = 1;
const NO_REPLY_EXPECTED = 1;
/** What every message begins with: 12 bytes, and the length of the fields that follow. */
export const PREFIX_BYTES = 16;

/** What stands in the head of a message. */
export interface Head {
  readonly kind: number;
  readonly serial: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  readonly sender?: string;
  readonly signature?: string;
  readonly wantsReply: boolean;
  readonly littleEndian: boolean;
}

/** A message: its head, and its body where that is no longer than anybody needs. */
export interface Message extends Head {
  /** Reads the body; throws `InconsistentMessage`, or `LimitsExceeded` for one that was too long. */
  readonly body: () => readonly Value[];
}

/** A message to be sent. */
export interface Outgoing extends Partial<Omit<Head, "littleEndian" | "serial" | "wantsReply">> {
  readonly kind: number;
  readonly values?: readonly Value[];
}

/** How long the fields and the body of a message are, by its first 16 bytes; with the padding. */
export function lengthsOf(prefix: Buffer): { readonly fields: number; readonly body: number } {
  const little = isLittle(prefix);
  const fields = little ? prefix.readUInt32LE(12) : prefix.readUInt32BE(12);
  const body = little ? prefix.readUInt32LE(4) : prefix.readUInt32BE(4);
  return { fields: fields + (-fields & 7), body };
}

/** The head of a message by its first 16 bytes and its padded fields. */
export function readHead(prefix: Buffer, fields: Buffer): Head {
  const littleEndian = isLittle(prefix);
  // The length of the array is in the prefix, and 12 bytes before that is a multiple of 8.
  const length = littleEndian ? prefix.readUInt32LE(12) : prefix.readUInt32BE(12);
  const array = Buffer.concat([prefix.subarray(12), Buffer.alloc(4), fields.subarray(0, length)]);
  const [entries] = readValues("a(yv)", array, littleEndian) as [readonly (readonly Value[])[]];
  const named = new Map(entries.map(([number, value]) => [number, value as Variant]));
  const found = Object.entries(FIELDS).flatMap(([name, [number, type]]) => {
    const variant = named.get(number);
    if (variant === undefined) return [];
    if (variant.signature !== type) throw new DBusError(INCONSISTENT, "a field of another type");
    return [[name, variant.value] as const];
  });
  return {
    ...(Object.fromEntries(found) as Partial<Head>),
    kind: prefix.readUInt8(1),
    serial: littleEndian ? prefix.readUInt32LE(8) : prefix.readUInt32BE(8),
    wantsReply: (prefix.readUInt8(2) & NO_REPLY_EXPECTED) === 0,
    littleEndian,
  };
}

/** A message to be sent, under its serial, with a body of that signature. */
export function writeMessage(message: Outgoing, serial: number): Buffer {
  const body = writeValues(message.signature ?? "", message.values ?? []);
  const fields = Object.entries(FIELDS).flatMap(([name, [number, type]]): Value[] => {
    const value = message[name as keyof typeof FIELDS];
    return value === undefined || value === "" ? [] : [[number, new Variant(type, value)]];
  });
  const { kind } = message;
  const values = [LITTLE, kind, 0, VERSION, body.length, serial, fields];
  const head = writeValues("yyyyuua(yv)", values);
  return Buffer.concat([head, Buffer.alloc(-head.length & 7), body]);
}

const INCONSISTENT = "org.freedesktop.DBus.Error.InconsistentMessage";

function isLittle(prefix: Buffer): boolean {
  const mark = prefix.readUInt8(0);
  if (mark === LITTLE) return true;
  if (mark === BIG) return false;
  throw new DBusError(INCONSISTENT, "no message of D-Bus");
}
