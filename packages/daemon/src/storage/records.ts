const LENGTH_BYTES = 4;

/** Packs records into parts of a fixed size, each record behind its length (u32). */
export class RecordPacker {
  readonly #size: number;
  #part: Buffer;
  #used = 0;

  constructor(size: number) {
    this.#size = size;
    this.#part = Buffer.allocUnsafe(size);
  }

  /** Takes a record and yields the parts that it fills. A part is overwritten by the next. */
  *add(record: Uint8Array): Generator<Buffer> {
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt32BE(record.length, 0);
    yield* this.#fill(length);
    yield* this.#fill(record);
  }

  /** What is left, possibly nothing. */
  rest(): Buffer {
    return this.#part.subarray(0, this.#used);
  }

  *#fill(bytes: Uint8Array): Generator<Buffer> {
    let taken = 0;
    while (taken < bytes.length) {
      if (this.#used === this.#size) {
        yield this.#part;
        this.#used = 0;
      }
      const more = Math.min(bytes.length - taken, this.#size - this.#used);
      this.#part.set(bytes.subarray(taken, taken + more), this.#used);
      this.#used += more;
      taken += more;
    }
  }
}

/** Takes parts and hands out the records in them, in order. */
export class RecordUnpacker {
  readonly #record: (record: Uint8Array) => void;
  #waiting: Buffer[] = [];
  #have = 0;
  #need = LENGTH_BYTES;
  #count = 0;

  constructor(record: (record: Uint8Array) => void) {
    this.#record = record;
  }

  /** Records handed out so far. */
  get count(): number {
    return this.#count;
  }

  /** Whether the last record ended where the parts did. */
  get complete(): boolean {
    return this.#have === 0;
  }

  /** Takes the next part; it must not change afterwards. */
  add(part: Buffer): void {
    this.#waiting.push(part);
    this.#have += part.length;
    if (this.#have < this.#need) return;
    const bytes = this.#waiting.length === 1 ? part : Buffer.concat(this.#waiting);
    const rest = this.#handOut(bytes);
    this.#waiting = rest.length === 0 ? [] : [rest];
    this.#have = rest.length;
  }

  #handOut(bytes: Buffer): Buffer {
    let at = 0;
    for (;;) {
      this.#need = LENGTH_BYTES;
      if (at + LENGTH_BYTES > bytes.length) return bytes.subarray(at);
      const end = at + LENGTH_BYTES + bytes.readUInt32BE(at);
      this.#need = end - at;
      if (end > bytes.length) return bytes.subarray(at);
      this.#record(bytes.subarray(at + LENGTH_BYTES, end));
      this.#count += 1;
      at = end;
    }
  }
}
