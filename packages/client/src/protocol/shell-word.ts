const PLAIN = /^[\w@%+=:,./][\w@%+=:,./-]*$/;

/**
 * A word as a POSIX shell takes it: as it is where that means itself, else in single quotes. Every
 * path and name in a command that we print passes through here.
 */
export function shellWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command that puts a file aside, and never over what was put there before. */
export function moveAside(path: string): string {
  return `mv -n ${shellWord(path)} ${shellWord(`${path}.old`)}`;
}
