import { StrongroomError } from "@strongroom/client/protocol";

/** Reads what `ByteWriter` wrote; a read beyond the end is `CORRUPT`. */
export class ByteReader {
  readonly #bytes: Buffer;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  /** Where the next read begins. */
  get position(): number {
    return this.#position;
  }

  /** Whether everything was read. */
  get done(): boolean {
    return this.#position >= this.#bytes.length;
  }

  /** One byte. */
  byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  /** An integer of at most 53 bits. */
  integer(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte % 0x80) * unit;
      if (byte < 0x80) break;
      unit *= 0x80;
      if (unit > Number.MAX_SAFE_INTEGER) throw malformed();
    }
    if (!Number.isSafeInteger(value)) throw malformed();
    return value;
  }

  /** How many things follow, none shorter than a byte: more than there are bytes is `CORRUPT`. */
  count(): number {
    const count = this.integer();
    if (count > this.#bytes.length - this.#position) throw malformed();
    return count;
  }

  /** A time in milliseconds since 1970. */
  time(): number {
    return this.#bytes.readUIntBE(this.#take(6), 6);
  }

  /** Four bytes, big endian. */
  fixed(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** Goes over bytes. */
  skip(length: number): void {
    this.#take(length);
  }

  /** The next `length` bytes, as a view. */
  raw(length: number): Buffer {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** All that was not read yet, as a view. */
  rest(): Buffer {
    return this.raw(this.#bytes.length - this.#position);
  }

  /** Bytes behind their length, as a view. */
  bytes(): Buffer {
    return this.raw(this.integer());
  }

  /** Text behind its length in bytes. */
  text(): string {
    const length = this.integer();
    const start = this.#take(length);
    return this.#bytes.toString("utf8", start, start + length);
  }

  #take(length: number): number {
    const start = this.#position;
    if (length > this.#bytes.length - start) throw malformed();
    this.#position = start + length;
    return start;
  }
}

/** A record that was authenticated and still does not parse. */
export function malformed(): StrongroomError {
  return new StrongroomError("CORRUPT", "a record of the vault does not parse", {
    hint: "strongroom verify, then strongroom daemon stop and strongroom repair --to EMPTYDIR",
  });
}
