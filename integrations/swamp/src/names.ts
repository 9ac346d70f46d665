const ASIDE = ".annotations/";

/**
 * Where the secrets of one vault are: KEY is `PREFIX/KEY`, and what is said of a key that has no
 * secret yet stands at `PREFIX/.annotations/KEY`.
 */
export class Names {
  readonly #root: string;
  /** Matches all of them. */
  readonly pattern: string;

  constructor(prefix: string) {
    this.#root = `${prefix}/`;
    this.pattern = `${this.#root}**`;
  }

  /** The secret of a key; a `TypeError` for a key that would be an annotation. */
  secret(key: string): string {
    if (key.startsWith(ASIDE)) throw new TypeError(`no key begins with ${ASIDE}`);
    return `${this.#root}${key}`;
  }

  /** Where the annotation of a key waits for its secret. */
  aside(key: string): string {
    return `${this.#root}${ASIDE}${key}`;
  }

  /** The key of a name that the pattern matched, and whether it is but an annotation. */
  parse(name: string): { readonly key: string; readonly isAside: boolean } {
    const key = name.slice(this.#root.length);
    return key.startsWith(ASIDE)
      ? { key: key.slice(ASIDE.length), isAside: true }
      : { key, isAside: false };
  }
}
