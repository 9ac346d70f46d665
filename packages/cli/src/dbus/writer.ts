import { alignmentOf, parseSignature } from "./signature.ts";
import type { Type } from "./signature.ts";
import { Variant } from "./variant.ts";
import type { Value } from "./variant.ts";

/**
 * The bytes of values under a signature, little-endian, to lie at a multiple of 8. A value that is
 * not of its type is a `TypeError`, which does not show it.
 */
export function writeValues(signature: string, values: readonly Value[]): Buffer {
  const types = parseSignature(signature);
  if (types.length !== values.length) throw unfit(signature);
  const writer = new Writer();
  for (const [index, type] of types.entries()) writer.write(type, values[index] as Value);
  return writer.bytes();
}

class Writer {
  readonly #parts: Buffer[] = [];
  #length = 0;

  bytes(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }

  write(type: Type, value: Value): void {
    this.#align(alignmentOf(type));
    switch (type.code) {
      case "a":
        return this.#array(type.of[0] as Type, value);
      case "(":
      case "{":
        return this.#fields(type, value);
      case "v":
        return this.#variant(value);
      case "g":
        return this.#text(value, (length) => Buffer.of(length));
      case "s":
      case "o":
        return this.#text(value, word);
      default:
        return this.#put(scalar(type.code, value));
    }
  }

  #array(element: Type, value: Value): void {
    const length = Buffer.alloc(4);
    this.#put(length);
    this.#align(alignmentOf(element));
    const start = this.#length;
    if (element.code === "y") {
      if (!(value instanceof Uint8Array)) throw unfit("ay");
      this.#put(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    } else {
      for (const each of elementsOf(element, value)) this.write(element, each);
    }
    length.writeUInt32LE(this.#length - start);
  }

  #fields(type: Type, value: Value): void {
    if (!Array.isArray(value) || value.length !== type.of.length) throw unfit(type.code);
    for (const [index, field] of type.of.entries()) this.write(field, value[index] as Value);
  }

  #variant(value: Value): void {
    if (!(value instanceof Variant)) throw unfit("v");
    const [type, ...more] = parseSignature(value.signature);
    if (type === undefined || more.length > 0) throw unfit("v");
    this.#text(value.signature, (length) => Buffer.of(length));
    this.write(type, value.value);
  }

  #text(value: Value, prefix: (length: number) => Buffer): void {
    if (typeof value !== "string" || value.includes("\0")) throw unfit("s");
    const bytes = Buffer.from(value);
    this.#put(prefix(bytes.length));
    this.#put(bytes);
    this.#put(Buffer.of(0));
  }

  #align(boundary: number): void {
    this.#put(Buffer.alloc(-this.#length & (boundary - 1)));
  }

  #put(part: Buffer): void {
    this.#parts.push(part);
    this.#length += part.length;
  }
}

function elementsOf(element: Type, value: Value): Iterable<Value> {
  if (element.code === "{" && value instanceof Map) return value.entries() as Iterable<Value>;
  if (element.code !== "{" && Array.isArray(value)) return value as readonly Value[];
  throw unfit("a");
}

function scalar(code: string, value: Value): Buffer {
  if (code === "b") return word(boolean(value));
  if (code === "x" || code === "t") {
    if (typeof value !== "bigint") throw unfit(code);
    const bytes = Buffer.alloc(8);
    if (code === "x") bytes.writeBigInt64LE(value);
    else bytes.writeBigUInt64LE(value);
    return bytes;
  }
  if (typeof value !== "number") throw unfit(code);
  switch (code) {
    case "y":
      return Buffer.of(value);
    case "n":
    case "q": {
      const bytes = Buffer.alloc(2);
      if (code === "n") bytes.writeInt16LE(value);
      else bytes.writeUInt16LE(value);
      return bytes;
    }
    case "d": {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      return bytes;
    }
    default:
      return word(code === "i" ? value >>> 0 : value);
  }
}

function boolean(value: Value): number {
  if (typeof value !== "boolean") throw unfit("b");
  return Number(value);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function unfit(type: string): TypeError {
  return new TypeError(`the value is not of the type ${type}`);
}
