import type { Automaton } from "./automaton.ts";
import type { Escapes } from "./escapes.ts";
import type { Finder, Span } from "./finder.ts";

type Found = (span: Span) => void;

/** Finds patterns in what is written with escapes, whichever of its bytes are. */
export class DecodingFinder implements Finder {
  readonly #automaton: Automaton;
  readonly #escapes: Escapes;
  #node = 0;
  #taken: number;
  /** What may become an escape: latin1; its last byte is the last that was taken. */
  #pending = "";
  /** Where the escape, or byte, begins of each decoded byte that may still become a pattern. */
  #places: number[] = [];

  /** `from`: how many bytes went by before the first that it takes. */
  constructor(automaton: Automaton, escapes: Escapes, from: number) {
    this.#automaton = automaton;
    this.#escapes = escapes;
    this.#taken = from;
  }

  get settled(): number {
    const depth = this.#automaton.depth(this.#node);
    const unread = this.#taken - this.#pending.length;
    return depth === 0 ? unread : (this.#places.at(-depth) ?? unread);
  }

  take(bytes: Uint8Array, found: Found): void {
    const from = this.#taken;
    let lead = -1;
    for (let at = 0; at < bytes.length; at += 1) {
      if (this.#node === 0 && this.#pending === "") {
        if (lead < at) lead = nextOf(bytes, this.#escapes.lead, at);
        at = Math.min(this.#automaton.skip(bytes, at), lead);
        if (at === bytes.length) break;
      }
      this.#taken = from + at + 1;
      this.#byte(bytes[at] ?? 0, found);
    }
    this.#taken = from + bytes.length;
  }

  #byte(byte: number, found: Found): void {
    if (this.#pending === "" && byte !== this.#escapes.lead) {
      this.#decoded(byte, this.#taken - 1, this.#taken, found);
      return;
    }
    this.#pending += String.fromCharCode(byte);
    this.#settle(found);
  }

  /** Reads what is pending until it may become an escape, or nothing of it is left. */
  #settle(found: Found): void {
    while (this.#pending !== "") {
      const text = this.#pending;
      const start = this.#taken - text.length;
      const read = text.charCodeAt(0) === this.#escapes.lead ? this.#escapes.read(text) : "none";
      if (read === "part") return;
      if (read !== "none") {
        this.#pending = "";
        for (const byte of read.bytes) this.#decoded(byte, start, this.#taken, found);
        return;
      }
      // Its first byte stands for itself; behind it an escape may begin.
      this.#pending = text.slice(1);
      this.#decoded(text.charCodeAt(0), start, start + 1, found);
    }
  }

  #decoded(byte: number, start: number, end: number, found: Found): void {
    this.#node = this.#automaton.step(this.#node, byte);
    const depth = this.#automaton.depth(this.#node);
    if (depth === 0) {
      if (this.#places.length > 0) this.#places = [];
      return;
    }
    this.#places.push(start);
    if (this.#places.length > 4 * depth + 1024) this.#places = this.#places.slice(-depth);
    const length = this.#automaton.longest(this.#node);
    if (length > 0) found({ start: this.#places.at(-length) ?? start, end });
  }
}

function nextOf(bytes: Uint8Array, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}
