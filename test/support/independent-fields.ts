/** The fields of a record as `docs/storage-format.md` describes them, read from the front. */
export class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  raw(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error("a record is too short");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  number(width: number): number {
    return this.raw(width).readUIntBE(0, width);
  }

  byte(): number {
    return this.number(1);
  }

  int(): number {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = this.byte();
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
  }

  ints(): number[] {
    return Array.from({ length: this.int() }, () => this.int());
  }

  time(): number {
    return this.number(6);
  }

  bytes(): Buffer {
    return this.raw(this.int());
  }

  text(): string {
    return this.bytes().toString("utf8");
  }

  metadata(): Record<string, unknown> | undefined {
    const text = this.text();
    return text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>);
  }
}
