import type { Automaton } from "./automaton.ts";

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
  constructor(automaton: Automaton, from: number) {
    this.#automaton = automaton;
    this.#taken = from;
  }

  get settled(): number {
    return this.#taken - this.#automaton.depth(this.#node);
  }

  take(bytes: Uint8Array, found: (span: Span) => void): void {
    const automaton = this.#automaton;
    let node = this.#node;
    for (let at = 0; at < bytes.length; at += 1) {
      if (node === 0) at = automaton.skip(bytes, at);
      if (at === bytes.length) break;
      node = automaton.step(node, bytes[at] ?? 0);
      const length = automaton.longest(node);
      if (length > 0) {
        const end = this.#taken + at + 1;
        found({ start: end - length, end });
      }
    }
    this.#node = node;
    this.#taken += bytes.length;
  }
}

/** More of what is passed over than this between two of its bytes, and it is none: what waits has an end. */
const LONGEST_GAP = 256;

/** Finds patterns whatever is between their bytes of what is passed over, such as white space. */
export class LooseFinder implements Finder {
  readonly #automaton: Automaton;
  readonly #isGap: (byte: number) => boolean;
  #node = 0;
  #taken: number;
  #gap = 0;
  /** Where the bytes lie that may still become a pattern, without the spaces between them. */
  #places: number[] = [];

  /** `from`: how many bytes went by before the first that it takes. */
  constructor(automaton: Automaton, isGap: (byte: number) => boolean, from: number) {
    this.#automaton = automaton;
    this.#isGap = isGap;
    this.#taken = from;
  }

  get settled(): number {
    const depth = this.#automaton.depth(this.#node);
    return depth === 0 ? this.#taken : (this.#places.at(-depth) ?? this.#taken);
  }

  take(bytes: Uint8Array, found: (span: Span) => void): void {
    const automaton = this.#automaton;
    for (let at = 0; at < bytes.length; at += 1) {
      if (this.#node === 0) at = automaton.skip(bytes, at);
      if (at === bytes.length) break;
      const byte = bytes[at] ?? 0;
      if (this.#isGap(byte)) {
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
      const end = this.#taken + at + 1;
      this.#places.push(end - 1);
      if (this.#places.length > 4 * depth + 1024) this.#places = this.#places.slice(-depth);
      const length = automaton.longest(this.#node);
      if (length > 0) found({ start: this.#places.at(-length) ?? end, end });
    }
    this.#taken += bytes.length;
    if (this.#node === 0) this.#places = [];
  }
}
