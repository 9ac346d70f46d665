/**
 * Compares names by the bytes of their UTF-8. UTF-16 order differs from it only where a
 * surrogate meets a character above it.
 */
export function compareNames(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return a >= 0xd800 && b >= 0xd800 ? rank(a) - rank(b) : a - b;
  }
  return left.length - right.length;
}

// Surrogates stand for characters beyond U+FFFF, so they come after U+E000–U+FFFF.
function rank(unit: number): number {
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** New names wait unsorted until there are so many, or somebody asks. */
const FRESH = 4096;
const HIGH = /[\ud800-\uffff]/;

/** All names in order: a mutation adds to a heap of new names, which is merged in now and then. */
export class SortedNames {
  readonly #has: (name: string) => boolean;
  #compare: Compare = compareUnits;
  #sorted: string[] = [];
  /** Whether somebody may hold the sorted list, so that it must stay as it is. */
  #lent = false;
  #fresh: string[] = [];
  #gone = 0;

  /** `has` says which names are still there. */
  constructor(has: (name: string) => boolean) {
    this.#has = has;
  }

  /** A name that was not there. */
  add(name: string): void {
    if (this.#compare === compareUnits && HIGH.test(name)) this.#compare = compareNames;
    // A snapshot names them in order.
    if (!this.#lent && this.#fresh.length === 0 && this.#isLast(name)) {
      this.#sorted.push(name);
      return;
    }
    this.#fresh.push(name);
    if (this.#fresh.length >= FRESH) this.#merge();
  }

  /** A name that is no longer there; it vanishes at the next merge. */
  remove(): void {
    this.#gone++;
  }

  /** The names in byte order. Not to be changed. */
  list(): readonly string[] {
    if (this.#fresh.length > 0 || this.#gone > 0) this.#merge();
    this.#lent = true;
    return this.#sorted;
  }

  #isLast(name: string): boolean {
    const last = this.#sorted.at(-1);
    return last === undefined || this.#compare(last, name) < 0;
  }

  #merge(): void {
    // A name that went and came back stands in both.
    const old = this.#gone > 0 ? this.#sorted.filter(this.#has) : this.#sorted;
    const fresh = this.#fresh.filter(this.#has).toSorted(this.#compare);
    this.#fresh = [];
    this.#gone = 0;
    const merged: string[] = [];
    let from = 0;
    for (const name of fresh) {
      if (merged.at(-1) === name) continue;
      const until = lowerBound(old, name, from, this.#compare);
      for (; from < until; from++) merged.push(old[from] ?? "");
      if (old[from] !== name) merged.push(name);
    }
    for (; from < old.length; from++) merged.push(old[from] ?? "");
    this.#sorted = merged;
    this.#lent = false;
  }
}

type Compare = (left: string, right: string) => number;

// The same order as long as one of the two has no surrogate and nothing above them.
function compareUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The place of the first name, from a place on, that is not below `name`. */
export function lowerBound(
  names: readonly string[],
  name: string,
  from = 0,
  compare: Compare = compareNames,
): number {
  let low = from;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(names[middle] ?? "", name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the names end that begin so, or would stand; they stand together. */
export function prefixEnd(names: readonly string[], prefix: string): number {
  let low = lowerBound(names, prefix);
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (names[middle]?.startsWith(prefix) === true) low = middle + 1;
    else high = middle;
  }
  return low;
}
