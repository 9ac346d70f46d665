const PLAIN = /^[\w@%+=:,./][\w@%+=:,./-]*$/;

/** A word as a shell takes it: as it is where that means itself, else in single quotes. */
export function shellWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
