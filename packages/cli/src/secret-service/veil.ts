import { createHmac, randomBytes } from "node:crypto";
import type { Holdings, Item } from "./holdings.ts";

/** Known to this process alone, and to no other run of it. */
const KEY = randomBytes(32);

/**
 * What is left of holdings when the vault is locked: which objects there are, and keyed hashes of
 * their attributes, by which a search still finds what to unlock. No label of an item, no attribute.
 */
export function veiled(holdings: Holdings): Holdings {
  if (holdings.isLocked) return holdings;
  const collections = [...holdings.collections].map(([id, collection]) => {
    const items = new Map([...collection.items].map(([item, known]) => [item, veil(known)]));
    return [id, { ...collection, metadata: {}, items }] as const;
  });
  return { ...holdings, isLocked: true, collections: new Map(collections) };
}

function veil(item: Item): Item {
  const hashes = new Set([...item.about.attributes].map(([name, value]) => hash(name, value)));
  const about = { ...item.about, label: "", attributes: new Map() };
  const matches: Item["matches"] = (asked) =>
    [...asked].every(([name, value]) => hashes.has(hash(name, value)));
  return { ...item, about, metadata: {}, matches };
}

function hash(name: string, value: string): string {
  return createHmac("sha256", KEY).update(`${name}\0${value}`).digest("base64");
}
