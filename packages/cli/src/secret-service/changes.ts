import type { Collection, Holdings, Item } from "./holdings.ts";

/** What became of an object, for whoever shows them. */
export type Change =
  | { readonly of: "collection"; readonly what: "changed" | "created"; readonly now: Collection }
  | { readonly of: "collection"; readonly what: "deleted"; readonly was: Collection }
  | { readonly of: "contents" | "lock"; readonly now: Collection }
  | { readonly of: "item"; readonly what: "changed" | "created"; readonly now: Item }
  | { readonly of: "item"; readonly what: "deleted"; readonly was: Item }
  | { readonly of: "item"; readonly what: "lock"; readonly now: Item };

/** What happened between two looks, in an order in which it can be told. */
export function changesBetween(before: Holdings, after: Holdings): readonly Change[] {
  if (before === after) return [];
  const isLock = before.isLocked !== after.isLocked;
  const changes: Change[] = [];
  for (const [id, now] of after.collections) {
    const was = before.collections.get(id);
    if (was === undefined) changes.push({ of: "collection", what: "created", now });
    // What was not known is not new for that.
    const items = before.isKnown ? itemChanges(was, now) : [];
    changes.push(...items);
    const isOther = items.some(({ what }) => what !== "changed");
    if (isOther || (!before.isKnown && now.items.size > 0)) changes.push({ of: "contents", now });
    if (was !== undefined && was.version !== now.version)
      changes.push({ of: "collection", what: "changed", now });
    if (!isLock) continue;
    changes.push({ of: "lock", now });
    for (const item of now.items.values()) changes.push({ of: "item", what: "lock", now: item });
  }
  for (const [id, was] of before.collections) {
    if (!after.collections.has(id)) {
      changes.push(...itemChanges(was, undefined), { of: "collection", what: "deleted", was });
    }
  }
  return changes;
}

function itemChanges(
  before: Collection | undefined,
  after: Collection | undefined,
): (Change & { readonly of: "item" })[] {
  const changes: (Change & { readonly of: "item" })[] = [];
  for (const [id, was] of before?.items ?? []) {
    if (after?.items.has(id) !== true) changes.push({ of: "item", what: "deleted", was });
  }
  for (const [id, now] of after?.items ?? []) {
    const was = before?.items.get(id);
    if (was === undefined) changes.push({ of: "item", what: "created", now });
    else if (was.version !== now.version) changes.push({ of: "item", what: "changed", now });
  }
  return changes;
}
