import type { Collection } from "./holdings.ts";
import { itemPath } from "./paths.ts";

/**
 * The paths of what has all of these attributes, the newest first: many programs take the first of
 * several. No attributes: of everything.
 */
export function matching(
  collections: Iterable<Collection>,
  attributes: ReadonlyMap<string, string>,
): readonly string[] {
  return [...collections]
    .flatMap(({ items }) => [...items.values()].filter((item) => item.matches(attributes)))
    .toSorted((one, other) => other.updatedAt - one.updatedAt)
    .map(({ collection, id }) => itemPath(collection, id));
}
