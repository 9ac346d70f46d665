import { isUtf8 } from "node:buffer";
import { DBusError } from "./failure.ts";
import { alignmentOf, parseSignature } from "./signature.ts";
import type { Type } from "./signature.ts";
import { Variant } from "./variant.ts";
import type { Value } from "./variant.ts";

const MOST_ARRAY_BYTES = 67_108_864;
const DEEPEST = 64;
const PATH = /^\/$|^(?:\/[A-Za-z0-9_]+)+$/;

/**
 * Reads the values of a signature out of bytes whose first one lies at a multiple of 8 in their
 * message. Nothing in it is believed: what does not hold to the specification, or goes beyond the
 * bytes, is `InconsistentMessage`. Bytes (`ay`) are a view, not a copy.
 */
export function readValues(
  signature: string,
  bytes: Buffer,
  littleEndian: boolean,
): readonly Value[] {
  const reader = new Reader(bytes, littleEndian);
  const values = parseSignature(signature).map((type) => reader.read(type, 0));
  if (reader.at !== bytes.length) throw inconsistent();
  return values;
}

class Reader {
  readonly #bytes: Buffer;
  readonly #little: boolean;
  at = 0;

  constructor(bytes: Buffer, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#little = littleEndian;
  }

  read(type: Type, depth: number): Value {
    if (depth > DEEPEST) throw inconsistent();
    this.#align(alignmentOf(type));
    switch (type.code) {
      case "a":
        return this.#array(type.of[0] as Type, depth + 1);
      case "(":
      case "{":
        return type.of.map((field) => this.read(field, depth + 1));
      case "v":
        return this.#variant(depth + 1);
      case "g":
        return this.#text(this.#take(1).readUInt8());
      case "s":
        return this.#text(this.#word());
      case "o":
        return this.#path();
      case "b":
        return this.#boolean();
      default:
        return this.#number(type.code);
    }
  }

  #number(code: string): bigint | number {
    const little = this.#little;
    switch (code) {
      case "y":
        return this.#take(1).readUInt8();
      case "n":
        return little ? this.#take(2).readInt16LE() : this.#take(2).readInt16BE();
      case "q":
        return little ? this.#take(2).readUInt16LE() : this.#take(2).readUInt16BE();
      case "i":
        return little ? this.#take(4).readInt32LE() : this.#take(4).readInt32BE();
      case "x":
        return little ? this.#take(8).readBigInt64LE() : this.#take(8).readBigInt64BE();
      case "t":
        return little ? this.#take(8).readBigUInt64LE() : this.#take(8).readBigUInt64BE();
      case "d":
        return little ? this.#take(8).readDoubleLE() : this.#take(8).readDoubleBE();
      default:
        return this.#word();
    }
  }

  #array(element: Type, depth: number): Value {
    const length = this.#word();
    if (length > MOST_ARRAY_BYTES) throw inconsistent();
    this.#align(alignmentOf(element));
    if (element.code === "y") return this.#take(length);
    const end = this.at + length;
    if (end > this.#bytes.length) throw inconsistent();
    const elements: Value[] = [];
    while (this.at < end) elements.push(this.read(element, depth));
    if (this.at !== end) throw inconsistent();
    // A later entry of the same key wins, as everywhere.
    if (element.code === "{") return new Map(elements as [Value, Value][]);
    return elements;
  }

  #variant(depth: number): Variant {
    const signature = this.#text(this.#take(1).readUInt8());
    const [type, ...more] = parseSignature(signature);
    if (type === undefined || more.length > 0) throw inconsistent();
    return new Variant(signature, this.read(type, depth));
  }

  #boolean(): boolean {
    const word = this.#word();
    if (word > 1) throw inconsistent();
    return word === 1;
  }

  #path(): string {
    const path = this.#text(this.#word());
    if (!PATH.test(path)) throw inconsistent();
    return path;
  }

  #text(length: number): string {
    const bytes = this.#take(length);
    if (this.#take(1).readUInt8() !== 0 || bytes.includes(0) || !isUtf8(bytes))
      throw inconsistent();
    return bytes.toString("utf8");
  }

  #word(): number {
    this.#align(4);
    return this.#little ? this.#take(4).readUInt32LE() : this.#take(4).readUInt32BE();
  }

  #align(boundary: number): void {
    const padding = -this.at & (boundary - 1);
    if (padding > 0) this.#take(padding);
  }

  #take(length: number): Buffer {
    if (length > this.#bytes.length - this.at) throw inconsistent();
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}

function inconsistent(): DBusError {
  return new DBusError(
    "org.freedesktop.DBus.Error.InconsistentMessage",
    "the message does not hold what its signature says",
  );
}
