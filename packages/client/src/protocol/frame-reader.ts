import { LIMITS } from "./limits.ts";
import { WireError } from "./wire-error.ts";

const CONTENT_LENGTH = /^Content-Length: (0|[1-9][0-9]{0,8})$/;
const CONTENT_TYPE = /^Content-Type: [\x21-\x7e]+; ?charset="?utf-?8"?$/i;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const FIRST_ALLOCATION = 65_536;

/**
 * Cuts a byte stream into frames (`Content-Length` framing of the Language Server Protocol).
 * Incremental, without I/O: every byte is looked at once and copied at most twice, however the
 * stream was cut. After a `WireError` the decoder is spent.
 */
export class FrameDecoder {
  readonly #maxBody: number;
  readonly #header: Buffer = Buffer.allocUnsafe(LIMITS.headerBytes);
  #headerLength = 0;
  #bodyLength: number | undefined;
  #body: Buffer = Buffer.alloc(0);
  #bodyFilled = 0;
  #steps = 0;

  /** `maxBody` in bytes: 2 MiB for requests, 8 MiB for replies (`LIMITS`). */
  constructor(maxBody: number) {
    this.#maxBody = maxBody;
  }

  /** Whether a frame has begun and is not complete. */
  get partial(): boolean {
    return this.#headerLength > 0 || this.#bodyLength !== undefined;
  }

  /** The length of the body that has begun and is not complete, in bytes; `undefined` for none. */
  get announced(): number | undefined {
    return this.#bodyLength;
  }

  /** Bytes looked at or copied so far: what the tests hold to be linear. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * The bodies that this chunk completes, in order. A body may share the chunk's memory.
   * Throws a `WireError` for a header or a length that is refused; frames before it in the same
   * chunk are lost with the connection.
   */
  push(chunk: Buffer): Buffer[] {
    const frames: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLength === undefined) at = this.#readHeader(chunk, at);
      if (this.#bodyLength === undefined) break;
      at = this.#readBody(chunk, at, this.#bodyLength, frames);
    }
    return frames;
  }

  #readHeader(chunk: Buffer, start: number): number {
    const header = this.#header;
    for (let at = start; at < chunk.length; at += 1) {
      const length = this.#headerLength;
      if (length === header.length) throw new WireError("header-length");
      const byte = chunk[at] ?? 0;
      header[length] = byte;
      this.#headerLength = length + 1;
      this.#steps += 1;
      if (
        byte === LINE_FEED &&
        header[length - 1] === CARRIAGE_RETURN &&
        header[length - 2] === LINE_FEED &&
        header[length - 3] === CARRIAGE_RETURN
      ) {
        this.#bodyLength = this.#parseHeader(header.toString("latin1", 0, length - 3));
        this.#headerLength = 0;
        return at + 1;
      }
    }
    return chunk.length;
  }

  #parseHeader(text: string): number {
    let length: number | undefined;
    let typed = false;
    for (const line of text.split("\r\n")) {
      const digits = CONTENT_LENGTH.exec(line)?.[1];
      if (digits !== undefined && length === undefined) length = Number(digits);
      else if (!typed && CONTENT_TYPE.test(line)) typed = true;
      else throw new WireError("header");
    }
    if (length === undefined) throw new WireError("header");
    if (length > this.#maxBody) throw new WireError("body-length");
    return length;
  }

  #readBody(chunk: Buffer, start: number, length: number, frames: Buffer[]): number {
    const wanted = length - this.#bodyFilled;
    const end = Math.min(start + wanted, chunk.length);
    if (this.#bodyFilled === 0 && end - start === length) {
      frames.push(chunk.subarray(start, end));
      this.#bodyLength = undefined;
      return end;
    }
    this.#reserve(this.#bodyFilled + end - start, length);
    chunk.copy(this.#body, this.#bodyFilled, start, end);
    this.#steps += end - start;
    this.#bodyFilled += end - start;
    if (this.#bodyFilled === length) {
      frames.push(this.#body.subarray(0, length));
      this.#body = Buffer.alloc(0);
      this.#bodyFilled = 0;
      this.#bodyLength = undefined;
    }
    return end;
  }

  // Grown as bytes arrive: a header that announces 2 MiB and sends none must cost none.
  #reserve(needed: number, length: number): void {
    if (needed <= this.#body.length) return;
    const doubled = Math.max(needed, FIRST_ALLOCATION, 2 * this.#body.length);
    const grown = Buffer.allocUnsafeSlow(Math.min(length, doubled));
    this.#body.copy(grown, 0, 0, this.#bodyFilled);
    this.#steps += this.#bodyFilled;
    this.#body = grown;
  }
}
