const BACKSLASH = 0x5c;
const PERCENT = 0x25;

/** What the first bytes of a text are: an escape of these bytes, perhaps the beginning of one, or none. */
export type Read = "none" | "part" | { readonly bytes: Uint8Array };

/** How bytes are written by others: each escape begins with one byte, and is told by its text. */
export interface Escapes {
  /** The byte with which every escape begins. */
  readonly lead: number;
  /** `text`: latin1, from an escape's first byte on. */
  readonly read: (text: string) => Read;
}

/** Percent-encoding (RFC 3986, section 2.1), whichever bytes it is used for. */
export const percentEscapes: Escapes = {
  lead: PERCENT,
  read(text) {
    const hex = /^%([\da-f]{2})$/iu.exec(text)?.[1];
    if (hex !== undefined) return { bytes: Buffer.from(hex, "hex") };
    return /^%[\da-f]?$/iu.test(text) ? "part" : "none";
  },
};

const LETTERS: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const HIGH = "[dD][89abAB][\\da-fA-F]{2}";
const LOW = "[dD][c-fC-F][\\da-fA-F]{2}";
const PAIR = new RegExp(`^\\\\u(${HIGH})\\\\u(${LOW})$`, "u");
const HIGH_ALONE = new RegExp(`^\\\\u${HIGH}(?:\\\\(?:u[\\da-fA-F]{0,3})?)?$`, "u");
const UNIT = /^\\u([\da-f]{4})$/iu;
const BYTE = /^\\x([\da-f]{2})$/iu;
const OCTAL = /^\\([0-3][0-7]{2})$/u;
const PART = /^\\(?:u[\da-f]{0,3}|x[\da-f]?|[0-3][0-7]?)?$/iu;
const LETTER = /^\\([^ux0-3])$/u;

/**
 * Escapes of strings in JSON (RFC 8259, section 7), whichever letters a writer uses them for, and
 * of bytes as C, JavaScript and Python (`\xhh`) and shells (`\ooo`) write them.
 */
export const stringEscapes: Escapes = {
  lead: BACKSLASH,
  read(text) {
    const [, high, low] = PAIR.exec(text) ?? [];
    if (high !== undefined && low !== undefined) return unit(`${high}${low}`);
    if (HIGH_ALONE.test(text)) return "part";
    const code = UNIT.exec(text)?.[1];
    if (code !== undefined) return unit(code);
    const hex = BYTE.exec(text)?.[1];
    if (hex !== undefined) return { bytes: Buffer.from(hex, "hex") };
    const octal = OCTAL.exec(text)?.[1];
    if (octal !== undefined) return { bytes: Buffer.of(Number.parseInt(octal, 8)) };
    const letter = LETTER.exec(text)?.[1];
    if (letter !== undefined) return { bytes: Buffer.from(LETTERS[letter] ?? letter, "latin1") };
    return PART.test(text) ? "part" : "none";
  },
};

/** UTF-16 in hex, as the bytes of UTF-8. */
function unit(hex: string): Read {
  const text = Buffer.from(hex, "hex").swap16().toString("utf16le");
  return { bytes: Buffer.from(text) };
}
