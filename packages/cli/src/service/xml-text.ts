const NAMED: { readonly [letter: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** A text between two tags (XML 1.0, section 2.4). */
export function xmlText(text: string): string {
  return text.replaceAll(/[&<>]/gu, (letter) => NAMED[letter] ?? letter);
}
