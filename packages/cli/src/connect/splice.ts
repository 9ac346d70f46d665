/** The one stretch in which two texts differ, in UTF-16 units. */
export interface Splice {
  readonly at: number;
  readonly removed: string;
  readonly inserted: string;
}

/** What makes the one text of the other. */
export function spliceOf(before: string, after: string): Splice {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before[at] === after[at]) at += 1;
  let end = 0;
  while (end < shorter - at && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return {
    at,
    removed: before.slice(at, before.length - end),
    inserted: after.slice(at, after.length - end),
  };
}

/** The text of before, of the text of after. */
export function unsplice(after: string, { at, inserted, removed }: Splice): string {
  return after.slice(0, at) + removed + after.slice(at + inserted.length);
}
