import { Transform } from "node:stream";
import type { TransformCallback } from "node:stream";
import { DecodingFinder } from "./decoding-finder.ts";
import { percentEscapes, stringEscapes } from "./escapes.ts";
import { ExactFinder, LooseFinder } from "./finder.ts";
import type { Finder, Span } from "./finder.ts";
import { isMark, isSpace } from "./patterns.ts";
import type { Patterns } from "./patterns.ts";

/** What stands in the place of a value. */
export const CONCEALED = "<concealed>";

/**
 * Output without the values: whatever form of one stands in it, also across the borders of its
 * pieces, is replaced by `<concealed>`. Bytes wait only as long as they may be the beginning of one.
 */
export class Mask extends Transform {
  #finders: readonly Finder[] = [];
  /** What was found and not written yet, in order, none touching another's bytes. */
  readonly #spans: Span[] = [];
  #held = Buffer.alloc(0);
  /** Where the held bytes begin, and up to where the last span reaches that was begun to be written. */
  #start = 0;
  #concealed = 0;

  constructor(patterns: Patterns) {
    super();
    this.conceal(patterns);
  }

  /** Conceals these from here on. */
  conceal({ bare, exact, hex, loose }: Patterns): void {
    const from = this.#start;
    this.#finders = [
      new ExactFinder(exact, from),
      new LooseFinder(loose, isSpace, from),
      new LooseFinder(hex, isMark, from),
      new DecodingFinder(bare, percentEscapes, from),
      new DecodingFinder(bare, stringEscapes, from),
    ];
    for (const finder of this.#finders) finder.take(this.#held, (span) => this.#found(span));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    done(null, this.#take(chunk));
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#release(this.#start + this.#held.length));
  }

  #take(chunk: Buffer): Buffer {
    this.#held = Buffer.concat([this.#held, chunk]);
    for (const finder of this.#finders) finder.take(chunk, (span) => this.#found(span));
    return this.#release(Math.min(...this.#finders.map(({ settled }) => settled)));
  }

  /** One span where several overlap; each finder tells by where they end, so it is the last few. */
  #found({ end, start }: Span): void {
    const later: Span[] = [];
    let merged = { start, end };
    for (let last = this.#spans.pop(); last !== undefined; last = this.#spans.pop()) {
      if (last.end <= merged.start) {
        this.#spans.push(last);
        break;
      }
      if (last.start >= merged.end) later.push(last);
      else {
        merged = { start: Math.min(merged.start, last.start), end: Math.max(merged.end, last.end) };
      }
    }
    this.#spans.push(merged, ...later.toReversed());
  }

  /** Takes out all before a place, and leaves what may be a part of a value yet. */
  #release(until: number): Buffer {
    const parts: Buffer[] = [];
    let at = this.#start;
    for (let span = this.#spans[0]; span !== undefined && span.start < until;) {
      if (span.start > at) parts.push(this.#piece(at, span.start));
      if (span.start >= this.#concealed) parts.push(Buffer.from(CONCEALED));
      this.#concealed = Math.max(this.#concealed, span.end);
      at = Math.max(at, Math.min(span.end, until));
      if (span.end > until) {
        this.#spans[0] = { start: until, end: span.end };
        break;
      }
      this.#spans.shift();
      span = this.#spans[0];
    }
    if (until > at) parts.push(this.#piece(at, until));
    this.#held = this.#held.subarray(until - this.#start);
    this.#start = until;
    return Buffer.concat(parts);
  }

  #piece(from: number, to: number): Buffer {
    return this.#held.subarray(from - this.#start, to - this.#start);
  }
}
