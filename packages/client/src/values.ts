import { isUtf8 } from "node:buffer";
import { StrongroomError } from "./protocol/errors.ts";
import { LIMITS } from "./protocol/limits.ts";
import type { Encoding } from "./protocol/methods.ts";

/** A value as it travels. */
export interface WireValue {
  readonly value: string;
  readonly encoding: Encoding;
}

/**
 * The shorter of the two encodings of a value, as JSON text: bytes that are UTF-8 may travel
 * as text, and text full of escapes as base64. A string with a lone surrogate is a `TypeError`:
 * it has no bytes. More than 1 MiB is `TOO_LARGE`.
 */
export function encodeValue(value: string | Uint8Array): WireValue {
  const bytes = typeof value === "string" ? bytesOf(value) : asBuffer(value);
  if (bytes.length > LIMITS.valueBytes) {
    throw new StrongroomError("TOO_LARGE", `a value has at most ${LIMITS.valueBytes} bytes`, {
      hint: "store a key to it, and the data itself elsewhere",
    });
  }
  const text =
    typeof value === "string" ? value : isUtf8(bytes) ? bytes.toString("utf8") : undefined;
  const base64Length = 4 * Math.ceil(bytes.length / 3) + 2;
  if (text !== undefined && Buffer.byteLength(JSON.stringify(text)) <= base64Length) {
    return { value: text, encoding: "utf8" };
  }
  return { value: bytes.toString("base64"), encoding: "base64" };
}

/** The bytes of a value that travelled. */
export function decodeValue({ value, encoding }: WireValue): Buffer {
  return Buffer.from(value, encoding);
}

function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.includes("\u{fffd}") && bytes.toString("utf8") !== text) {
    throw new TypeError("the value is not well-formed text: it holds a lone surrogate");
  }
  return bytes;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
