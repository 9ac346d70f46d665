import { isUtf8 } from "node:buffer";

import { LIMITS } from "./limits.ts";
import { WireError } from "./wire-error.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

/**
 * Parses the body of a frame: valid UTF-8 and at most 32 levels deep, judged before `JSON.parse`
 * sees it. Throws a `WireError` without a word of the input (V8's own message quotes it).
 */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new WireError("utf8");
  checkDepth(body);
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new WireError("json");
  }
}

function checkDepth(body: Buffer): void {
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) at = endOfString(body, at);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > LIMITS.jsonDepth) throw new WireError("depth");
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
  }
}

/** The position of the quote that ends the string begun at `start`, by native search. */
function endOfString(body: Buffer, start: number): number {
  for (let from = start + 1; ;) {
    const quote = body.indexOf(QUOTE, from);
    if (quote === -1) throw new WireError("json");
    let backslashes = 0;
    while (quote - backslashes > from && body[quote - backslashes - 1] === BACKSLASH)
      backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    from = quote + 1;
  }
}
