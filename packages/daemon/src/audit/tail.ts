import { ByteReader } from "../vault/reader.ts";
import { ByteWriter } from "../vault/writer.ts";

const PART_BYTES = 262_144;

/** How far a tail had come. */
export interface TailMark {
  readonly parts: number;
  readonly used: number;
  readonly count: number;
}

interface Part {
  readonly bytes: Buffer;
  used: number;
}

/** Entries one behind the other, each behind its length, in parts: growing copies none of them. */
export class Tail {
  #parts: Part[] = [];
  #count = 0;
  #length = 0;

  /** How many entries there are. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of all entries. */
  get length(): number {
    return this.#length;
  }

  /** The entries in order, as views. */
  *[Symbol.iterator](): Generator<Buffer> {
    for (const { bytes, used } of this.#parts) {
      const reader = new ByteReader(bytes.subarray(0, used));
      while (!reader.done) yield reader.bytes();
    }
  }

  /** The same in blocks of whole entries, each entry behind its length, of about so many bytes. */
  *blocks(bytesEach: number): Generator<{ readonly bytes: Buffer; readonly count: number }> {
    for (const { bytes, used } of this.#parts) {
      const reader = new ByteReader(bytes.subarray(0, used));
      for (let from = 0; !reader.done; from = reader.position) {
        let count = 0;
        do {
          reader.skip(reader.integer());
          count += 1;
        } while (!reader.done && reader.position - from < bytesEach);
        yield { bytes: bytes.subarray(from, reader.position), count };
      }
    }
  }

  /** Adds so many entries, each behind its length. */
  add(entries: Uint8Array, count: number): void {
    let last = this.#parts.at(-1);
    if (last === undefined || last.used + entries.length > last.bytes.length) {
      last = { bytes: Buffer.allocUnsafeSlow(Math.max(PART_BYTES, entries.length)), used: 0 };
      this.#parts.push(last);
    }
    last.bytes.set(entries, last.used);
    last.used += entries.length;
    this.#length += entries.length;
    this.#count += count;
  }

  /** Puts entries before all others. */
  prepend(entries: readonly Uint8Array[]): void {
    const writer = new ByteWriter();
    for (const entry of entries) writer.bytes(entry);
    const later = this.#parts;
    const { count } = this;
    this.clear();
    this.add(writer.view(), entries.length);
    for (const { bytes, used } of later) this.add(bytes.subarray(0, used), 0);
    this.#count += count;
  }

  /** What `undo` comes back to. */
  mark(): TailMark {
    const { length: parts } = this.#parts;
    return { parts, used: this.#parts.at(-1)?.used ?? 0, count: this.#count };
  }

  /** Forgets what was added since then. */
  undo({ count, parts, used }: TailMark): void {
    this.#parts = this.#parts.slice(0, parts);
    const last = this.#parts.at(-1);
    if (last !== undefined) last.used = used;
    this.#count = count;
    this.#length = this.#parts.reduce((sum, part) => sum + part.used, 0);
  }

  clear(): void {
    this.#parts = [];
    this.#count = 0;
    this.#length = 0;
  }
}
