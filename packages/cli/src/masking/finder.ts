import { Automaton } from "./automaton.ts";

/** Bytes from `start` up to, and without, `end`, counted from the beginning of the output. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds patterns in bytes that come in pieces, and knows which bytes can belong to none any more. */
export interface Finder {
  /** Takes the next bytes and tells of every place where a pattern ends in them. */
  take(bytes: Uint8Array, found: (span: Span) => void): void;
  /** Of the bytes taken so many can belong to no pattern that is not told yet. */
  readonly settled: number;
}

/** Finds patterns as they are. */
export class ExactFinder implements Finder {
  readonly #automaton: Automaton;
  #node = 0;
  #taken: number;

  /** `from`: how many bytes went by before the first that it takes. */
  constructor(patterns: readonly Uint8Array[], from: number) {
    this.#automaton = new Automaton(patterns);
    this.#taken = from;
  }

  get settled(): number {
    return this.#taken - this.#automaton.depth(this.#node);
  }

  take(bytes: Uint8Array, found: (span: Span) => void): void {
    const automaton = this.#automaton;
    for (const byte of bytes) {
      this.#node = automaton.step(this.#node, byte);
      this.#taken += 1;
      const length = automaton.longest(this.#node);
      if (length > 0) found({ start: this.#taken - length, end: this.#taken });
    }
  }
}

const SPACE = new Set([0x09, 0x0a, 0x0d, 0x20]);
/** Below it text would be found that only looks alike without its spaces. */
const LEAST_BYTES = 16;

/** More white space than this between two of its bytes, and it is none: what waits has an end. */
const LONGEST_GAP = 256;

/** Finds long patterns however they are broken into lines, groups and columns. */
export class LooseFinder implements Finder {
  readonly #automaton: Automaton;
  #node = 0;
  #taken: number;
  #gap = 0;
  /** Where the bytes lie that may still become a pattern, without the spaces between them. */
  #places: number[] = [];

  /** `from`: how many bytes went by before the first that it takes. */
  constructor(patterns: readonly Uint8Array[], from: number) {
    this.#taken = from;
    const dense = patterns.map((pattern) => pattern.filter((byte) => !SPACE.has(byte)));
    this.#automaton = new Automaton(dense.filter(({ length }) => length >= LEAST_BYTES));
  }

  get settled(): number {
    const depth = this.#automaton.depth(this.#node);
    return depth === 0 ? this.#taken : (this.#places.at(-depth) ?? this.#taken);
  }

  take(bytes: Uint8Array, found: (span: Span) => void): void {
    const automaton = this.#automaton;
    for (const byte of bytes) {
      this.#taken += 1;
      if (SPACE.has(byte)) {
        this.#gap += 1;
        if (this.#gap > LONGEST_GAP) this.#node = 0;
        continue;
      }
      this.#gap = 0;
      this.#node = automaton.step(this.#node, byte);
      const depth = automaton.depth(this.#node);
      if (depth === 0) {
        if (this.#places.length > 0) this.#places = [];
        continue;
      }
      this.#places.push(this.#taken - 1);
      if (this.#places.length > 4 * depth + 1024) this.#places = this.#places.slice(-depth);
      const length = automaton.longest(this.#node);
      if (length > 0) {
        found({ start: this.#places.at(-length) ?? this.#taken, end: this.#taken });
      }
    }
  }
}
