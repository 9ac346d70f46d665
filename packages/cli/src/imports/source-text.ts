import { StrongroomError } from "@strongroom/client/protocol";
import { readSource } from "./source-file.ts";

/** A file of a source, which is text in UTF-8: see `readSource` and `textOf`. */
export function readText(path: string): string {
  return textOf(readSource(path), path);
}

/**
 * Bytes of a source as text, without a byte order mark. `CORRUPT` for what is no UTF-8, or has a NUL
 * as UTF-16 has it: letters would be stored that it does not have.
 */
export function textOf(bytes: Uint8Array, path: string): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Refused below, with the mend.
  }
  throw new StrongroomError("CORRUPT", `${path}: it is no text in UTF-8`, {
    hint: "import a copy in UTF-8: iconv -f UTF-16 -t UTF-8 FILE > COPY, or -f LATIN1",
  });
}

/** The bytes of a value; undefined where half a character is in it, which no bytes stand for. */
export function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text);
  return bytes.toString() === text ? bytes : undefined;
}

/** What is said of a value that has none. */
export function halfCharacter(name: string): string {
  return `${name} holds half a character, and is left out`;
}

/** The bytes that base64 (RFC 4648 section 4, with its padding) stands for; undefined for no base64. */
export function base64Of(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
