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

/**
 * All names in order, brought up to date when somebody asks: a mutation appends to a heap of
 * new names, a list merges it in.
 */
export class SortedNames {
  #sorted: string[] = [];
  #fresh: string[] = [];
  #gone = 0;

  /** A name that was not there. */
  add(name: string): void {
    const last = this.#sorted.at(-1);
    // A snapshot comes in order: nothing is left to sort then.
    if (last === undefined || compareNames(last, name) < 0) this.#sorted.push(name);
    else this.#fresh.push(name);
  }

  /** A name that is no longer there; it vanishes at the next merge. */
  remove(): void {
    this.#gone++;
  }

  /** The names in byte order; `has` says which are still there. Not to be changed. */
  list(has: (name: string) => boolean): readonly string[] {
    if (this.#fresh.length > 0 || this.#gone > 0) this.#merge(has);
    return this.#sorted;
  }

  #merge(has: (name: string) => boolean): void {
    const fresh = this.#fresh.toSorted(compareNames);
    const merged: string[] = [];
    const keep = (name: string): void => {
      if (has(name) && merged.at(-1) !== name) merged.push(name);
    };
    let next = 0;
    for (const name of this.#sorted) {
      for (; next < fresh.length; next++) {
        const candidate = fresh[next] ?? "";
        if (compareNames(candidate, name) > 0) break;
        keep(candidate);
      }
      keep(name);
    }
    for (; next < fresh.length; next++) keep(fresh[next] ?? "");
    this.#sorted = merged;
    this.#fresh = [];
    this.#gone = 0;
  }
}

/** The place of the first name that is not below `name`. */
export function lowerBound(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareNames(names[middle] ?? "", name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
