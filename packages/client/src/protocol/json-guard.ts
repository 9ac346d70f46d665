import { isUtf8 } from "node:buffer";

import { LIMITS } from "./limits.ts";
import { WireError } from "./wire-error.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Parses the body of a frame: valid UTF-8, at most 32 levels deep and of at most `maxParts`
 * members and elements, judged before `JSON.parse` sees it (2 MiB of `{},{},` hold everybody up
 * for 100 ms). Throws a `WireError` without a word of the input (V8's own message quotes it).
 */
export function parseJson(body: Buffer, maxParts: number): unknown {
  if (!isUtf8(body)) throw new WireError("utf8");
  checkStructure(body, maxParts);
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new WireError("json");
  }
}

function checkStructure(body: Buffer, maxParts: number): void {
  let depth = 0;
  let parts = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) at = endOfString(body, at);
    else if (byte === COMMA) parts += 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      parts += 1;
      if (depth > LIMITS.jsonDepth) throw new WireError("depth");
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    if (parts > maxParts) throw new WireError("json-parts");
  }
}

/** The position of the quote that ends the string begun at `start`. */
function endOfString(body: Buffer, start: number): number {
  // Native search finds the end of a large value at once; byte by byte is for quotes in values.
  const first = body.indexOf(QUOTE, start + 1);
  if (first !== -1 && body[first - 1] !== BACKSLASH) return first;
  for (let at = start + 1; at < body.length; at += 1) {
    if (body[at] === BACKSLASH) at += 1;
    else if (body[at] === QUOTE) return at;
  }
  throw new WireError("json");
}
