import { hash } from "node:crypto";

/** Bytes of a block of SHA-256, and of its result. */
const BLOCK = 64;
const RESULT = 32;
/** What keeps its room ready: a request of a small value. A larger one gets room of its own. */
const READY_BYTES = 8192;

/**
 * HMAC-SHA-256 (RFC 2104) of short texts. `createHmac` makes a stream and a native object for each
 * of them, which costs six times as much as what it computes.
 */
export class KeyedHash {
  readonly #inner: Buffer = Buffer.alloc(BLOCK + READY_BYTES);
  readonly #outer: Buffer = Buffer.alloc(BLOCK + RESULT);
  readonly #result: Buffer = Buffer.alloc(RESULT);

  /** `key`: at most 64 bytes. */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK) throw new TypeError("the key is longer than a block");
    for (let at = 0; at < BLOCK; at += 1) {
      const byte = key[at] ?? 0;
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** The first bytes of it, at most 32, as latin1. */
  of(text: string, bytes: number): string {
    this.#outer.write(hash("sha256", this.#message(text), "binary"), BLOCK, "latin1");
    this.#result.write(hash("sha256", this.#outer, "binary"), "latin1");
    // A slice of the text would keep the whole of it.
    return this.#result.toString("latin1", 0, bytes);
  }

  #message(text: string): Buffer {
    // No character takes more than three bytes in UTF-8.
    if (3 * text.length > READY_BYTES)
      return Buffer.concat([this.#inner.subarray(0, BLOCK), Buffer.from(text)]);
    return this.#inner.subarray(0, BLOCK + this.#inner.write(text, BLOCK));
  }
}
