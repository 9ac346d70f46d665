import { lowerBound } from "./names.ts";

/**
 * Ranges of places in the sorted names where nothing lives any more, so that a batch of many
 * clears goes over each name once or twice and not once a clear. The names that begin alike stand
 * together: of two ranges one holds the other, or they are apart.
 */
export class Barren {
  readonly #ranges = new Map<number, number>();
  #added: number[] = [];

  /** From here on, what is added can be taken back. */
  begin(): void {
    this.#added = [];
  }

  /** Takes back what was added since `begin`: something may live there after all. */
  undo(): void {
    for (const from of this.#added) this.#ranges.delete(from);
  }

  /** Nothing lives at the places from `from` to before `until`. */
  add(from: number, until: number): void {
    for (const [start, end] of this.#ranges) {
      if (from <= start && end <= until) this.#ranges.delete(start);
    }
    this.#ranges.set(from, until);
    this.#added.push(from);
  }

  /**
   * The names with a prefix that are alive; where none is, the range is remembered. `names` is
   * sorted and does not change as long as there are ranges.
   */
  search(names: readonly string[], prefix: string, isAlive: (name: string) => boolean): string[] {
    const from = lowerBound(names, prefix);
    // What begins alike stands together: a range around this place holds all of these names.
    if (this.inside(from)) return [];
    const found: string[] = [];
    let index = from;
    while (names[index]?.startsWith(prefix) === true) {
      const name = names[index] ?? "";
      // Only from a name with this prefix: a range that begins behind the last is of others.
      const next = this.skip(index);
      if (next === index && isAlive(name)) found.push(name);
      index = Math.max(next, index + 1);
    }
    if (found.length === 0 && index > from) this.add(from, index);
    return found;
  }

  /** Whether a place stands inside a range, behind its first place. */
  inside(place: number): boolean {
    for (const [start, end] of this.#ranges) if (start < place && place < end) return true;
    return false;
  }

  /** The first place, from this one on, that no range which begins here holds. */
  skip(place: number): number {
    return this.#ranges.get(place) ?? place;
  }
}
