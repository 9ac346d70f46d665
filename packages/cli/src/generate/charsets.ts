const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const PRINTABLE = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at)).join("");

const SETS: { readonly [name: string]: string } = {
  alnum: DIGITS + UPPER + LOWER,
  ascii: PRINTABLE,
  digits: DIGITS,
  hex: `${DIGITS}abcdef`,
  letters: UPPER + LOWER,
  url: `${DIGITS + UPPER + LOWER}-_`,
};

/** The names of sets of characters. */
export const CHARSETS: readonly string[] = Object.keys(SETS);

/** Characters by the name of their set, or these themselves behind `chars:`; undefined when neither. */
export function charsetOf(text: string): readonly string[] | undefined {
  if (Object.hasOwn(SETS, text)) return Array.from(SETS[text] ?? "");
  if (!text.startsWith("chars:")) return undefined;
  const own = [...new Set(text.slice("chars:".length))];
  return own.length < 2 ? undefined : own;
}
