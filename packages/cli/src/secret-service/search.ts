import type { Collection } from "./holdings.ts";
import { itemPath } from "./paths.ts";

/** The paths of what has all of these attributes; no attributes: of everything. */
export function matching(
  { id, items }: Collection,
  attributes: ReadonlyMap<string, string>,
): readonly string[] {
  return [...items.values()]
    .filter((item) => item.matches(attributes))
    .map((item) => itemPath(id, item.id));
}
