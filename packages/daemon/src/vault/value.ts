import type { Encoding } from "@strongroom/client/protocol";

/** A value as it goes over the wire. */
export function wireValue(bytes: Buffer, encoding: Encoding): string {
  return bytes.toString(encoding);
}

/**
 * The encoding of every reply: as it was set, but base64 where that is shorter as JSON text
 * (U+0001 takes six bytes there).
 */
export function replyEncoding(value: string, bytes: Uint8Array, encoding: Encoding): Encoding {
  // The scan for what JSON escapes is cheap; counting is done only when there is something.
  if (encoding === "base64" || !/["\\\p{Control}]/u.test(value)) return encoding;
  return jsonTextBytes(bytes) > 4 * Math.ceil(bytes.length / 3) ? "base64" : "utf8";
}

/** How many bytes UTF-8 text takes inside a JSON string, without its quotes. */
export function jsonTextBytes(utf8: Uint8Array): number {
  let total = utf8.length;
  for (const byte of utf8) {
    if (byte === 0x22 || byte === 0x5c) total += 1;
    else if (byte < 0x20) total += SHORT_ESCAPES.has(byte) ? 1 : 5;
  }
  return total;
}

const SHORT_ESCAPES: ReadonlySet<number> = new Set([8, 9, 10, 12, 13]);
