import { DBusError } from "./failure.ts";
import { lengthsOf, PREFIX_BYTES, readHead } from "./message.ts";
import type { Head, Message } from "./message.ts";
import { readValues } from "./reader.ts";

const MOST_FIELD_BYTES = 67_108_864;
/** A value has at most 1 MiB, and what stands beside it 16 KiB. */
const MOST_BODY_BYTES = 4_194_304;

/**
 * Cuts a stream of bytes into messages. A body that is longer than anybody needs is passed over
 * and not kept; its message says so when it is read. What is no message throws: the stream cannot
 * be followed any more.
 */
export class Frames {
  readonly #take: (message: Message) => void;
  #parts: Buffer[] = [];
  #length = 0;
  #needed = PREFIX_BYTES;
  #prefix: Buffer | undefined;
  #head: Head | undefined;
  #skipping = 0;

  constructor(take: (message: Message) => void) {
    this.#take = take;
  }

  add(chunk: Buffer): void {
    const passed = Math.min(this.#skipping, chunk.length);
    this.#skipping -= passed;
    const rest = chunk.subarray(passed);
    this.#parts.push(rest);
    this.#length += rest.length;
    while (this.#skipping === 0 && this.#length >= this.#needed) this.#step();
  }

  #step(): void {
    if (this.#prefix === undefined) {
      this.#prefix = this.#next(PREFIX_BYTES);
      this.#needed = lengthsOf(this.#prefix).fields;
      if (this.#needed > MOST_FIELD_BYTES) throw tooLong();
      return;
    }
    const { body, fields } = lengthsOf(this.#prefix);
    if (this.#head === undefined) {
      this.#head = readHead(this.#prefix, this.#next(fields));
      this.#needed = body > MOST_BODY_BYTES ? 0 : body;
      return;
    }
    const head = this.#head;
    const isSkipped = body > MOST_BODY_BYTES;
    const bytes = this.#next(this.#needed);
    this.#prefix = undefined;
    this.#head = undefined;
    this.#needed = PREFIX_BYTES;
    if (isSkipped) this.#skip(body);
    this.#take({
      ...head,
      body() {
        if (isSkipped) throw tooLong();
        return readValues(head.signature ?? "", bytes, head.littleEndian);
      },
    });
  }

  #skip(length: number): void {
    const passed = Math.min(length, this.#length);
    this.#next(passed);
    this.#skipping = length - passed;
  }

  #next(length: number): Buffer {
    const all = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [all.subarray(length)];
    this.#length -= length;
    return all.subarray(0, length);
  }
}

function tooLong(): DBusError {
  return new DBusError(
    "org.freedesktop.DBus.Error.LimitsExceeded",
    "the message is longer than is taken here",
  );
}
