/** The highest time that a record holds: 48 bits of milliseconds, the year 10889. */
const MAX_TIME = 2 ** 48 - 1;

/** Bytes of a time. */
export const TIME_BYTES = 6;

/** A growing run of bytes: what records are written into. One is used again for every turn. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;
  readonly #initial: number;

  /** `initial`: bytes kept ready, in bytes. */
  constructor(initial = 1024) {
    this.#initial = initial;
    this.#bytes = Buffer.allocUnsafeSlow(initial);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** What was written, as a view: valid until the next write or `clear`. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Copies what was written into `into` from a place on. */
  copy(into: Buffer, at: number): void {
    this.#bytes.copy(into, at, 0, this.#length);
  }

  /** Starts over; room that grew large is given back. */
  clear(): void {
    this.truncate(0);
    if (this.#bytes.length > 2 * this.#initial) this.#bytes = Buffer.allocUnsafeSlow(this.#initial);
  }

  /** Forgets everything after the first `length` bytes. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** One byte. */
  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** A non-negative safe integer, seven bits a byte, lowest first. */
  integer(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A time in milliseconds since 1970, 48 bits; what does not fit is clamped. */
  time(value: number): void {
    this.#reserve(TIME_BYTES);
    const clamped = Math.min(Math.max(Math.trunc(value), 0), MAX_TIME);
    this.#length = this.#bytes.writeUIntBE(clamped, this.#length, TIME_BYTES);
  }

  /** Four bytes, big endian. */
  fixed(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32BE(value, this.#length);
  }

  /** Four bytes, big endian, at a place written before. */
  patch(position: number, value: number): void {
    this.#bytes.writeUInt32BE(value, position);
  }

  /** Bytes as they are, without their length. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Text of which every character is one byte, without its length. */
  latin1(text: string): void {
    this.#reserve(text.length);
    this.#length += this.#bytes.write(text, this.#length, "latin1");
  }

  /** Bytes behind their length. */
  bytes(bytes: Uint8Array): void {
    this.integer(bytes.length);
    this.raw(bytes);
  }

  /** Text as UTF-8 behind its length in bytes, which is returned. */
  text(text: string): number {
    const length = Buffer.byteLength(text);
    this.integer(length);
    this.#reserve(length);
    this.#length += this.#bytes.write(text, this.#length, "utf8");
    return length;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
