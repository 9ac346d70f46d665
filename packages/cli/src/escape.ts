// Controls but tab and line feed, what turns the direction of text, and the other line breaks.
const UNSAFE = /(?![\t\n])[\p{Control}\p{Bidi_Control}\u2028\u2029]/gu;

/** Text for a terminal: nothing in it moves the cursor, hides or reorders what is shown. */
export function escapeText(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `\\u{${character.charCodeAt(0).toString(16).padStart(2, "0")}}`,
  );
}

/** The same for text that is one line. */
export function escapeLine(text: string): string {
  return escapeText(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}
