import type { Encoding } from "@strongroom/client/protocol";

/** Values below this share slabs; larger ones stand alone. Bytes. */
const SHARED = 2048;
const SLAB = 32_768;

/** A value as it goes over the wire. */
export function wireValue(bytes: Buffer, encoding: Encoding): string {
  return bytes.toString(encoding);
}

/**
 * The encoding of every reply: as it was set, but base64 where that is shorter as JSON text
 * (U+0001 takes six bytes there).
 */
export function replyEncoding(value: string, bytes: Uint8Array, encoding: Encoding): Encoding {
  // The scan for what JSON escapes is cheap; counting is done only when there is something.
  if (encoding === "base64" || !/["\\\p{Control}]/u.test(value)) return encoding;
  return jsonTextBytes(bytes) > 4 * Math.ceil(bytes.length / 3) ? "base64" : "utf8";
}

/** How many bytes UTF-8 text takes inside a JSON string, without its quotes. */
export function jsonTextBytes(utf8: Uint8Array): number {
  let total = utf8.length;
  for (const byte of utf8) {
    if (byte === 0x22 || byte === 0x5c) total += 1;
    else if (byte < 0x20) total += SHORT_ESCAPES.has(byte) ? 1 : 5;
  }
  return total;
}

const SHORT_ESCAPES: ReadonlySet<number> = new Set([8, 9, 10, 12, 13]);

/**
 * Keeps bytes in slabs, so that a small value does not cost a whole buffer. A slab lives as
 * long as anything in it; a compaction moves what lives into slabs of its own.
 */
export class Arena {
  #slab: Buffer = Buffer.alloc(0);
  #used = 0;

  /** The same bytes in a place of their own, sharing no memory with `bytes`. */
  keep(bytes: Uint8Array): Buffer {
    const kept = this.#room(bytes.length);
    kept.set(bytes);
    return kept;
  }

  /** As `keep`, of one run of bytes behind another. */
  join(first: Uint8Array, second: Uint8Array): Buffer {
    const kept = this.#room(first.length + second.length);
    kept.set(first);
    kept.set(second, first.length);
    return kept;
  }

  /** As `keep`, but bytes too large to share a slab stay where they are. */
  move(bytes: Buffer): Buffer {
    return bytes.length >= SHARED ? bytes : this.keep(bytes);
  }

  /** The bytes of a value as it came over the wire (the parser has judged its encoding). */
  decode(value: string, encoding: Encoding): Buffer {
    const length = Buffer.byteLength(value, encoding);
    const room = this.#room(length);
    const written = room.write(value, encoding);
    return written === length ? room : room.subarray(0, written);
  }

  #room(length: number): Buffer {
    if (length >= SHARED) return Buffer.allocUnsafeSlow(length);
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB);
      this.#used = 0;
    }
    this.#used += length;
    return this.#slab.subarray(this.#used - length, this.#used);
  }
}

/** Where values live that came in one by one. */
export const shared: Arena = new Arena();
