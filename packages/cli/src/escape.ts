// C0 without tab and line feed, DEL, C1, and what turns the direction of text.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

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
