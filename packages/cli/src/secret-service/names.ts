import { randomBytes } from "node:crypto";
import { checkName } from "@strongroom/client/protocol";

/** What the names of all that the service keeps begin with. */
export const PREFIX = "secret-service/";
/** The collection that is always there. */
export const LOGIN = "login";
/** The one whose items end with their bus. */
export const SESSION = "session";

const MOST_SLUG = 40;
/** Leaves an item room for its own name. */
const MOST_LABEL = 64;

/** The name in the vault of an item. */
export function itemName(collection: string, item: string): string {
  return `${PREFIX}${collection}/${item}`;
}

/** The name in the vault of what is known of a collection itself. */
export function collectionName(collection: string): string {
  return `${PREFIX}${collection}`;
}

/** Which collection, and which item of it, a name in the vault stands for. */
export function splitName(name: string): { collection: string; item?: string } | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  const rest = name.slice(PREFIX.length);
  const slash = rest.indexOf("/");
  if (slash === -1) return { collection: rest };
  return { collection: rest.slice(0, slash), item: rest.slice(slash + 1) };
}

/** What a new item of that label is called: legible, legal in a name, and taken by nobody else. */
export function newItem(label: string): string {
  return `${slug(label, "item")}-${randomBytes(4).toString("hex")}`;
}

/**
 * What a new collection of that label is called, beside those that there are: its label, where that
 * can stand in a name, because some programs look for a collection at the path of its label.
 */
export function newCollection(label: string, taken: (id: string) => boolean): string {
  const id = isSegment(label) ? label : slug(label, "collection");
  return taken(id) ? `${slug(label, "collection")}-${randomBytes(4).toString("hex")}` : id;
}

function isSegment(label: string): boolean {
  if (label === "" || label.includes("/") || label.length > MOST_LABEL) return false;
  try {
    checkName(collectionName(label));
    return true;
  } catch {
    return false;
  }
}

function slug(label: string, empty: string): string {
  const words = label
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return words.slice(0, MOST_SLUG).replaceAll(/^-+|-+$/g, "") || empty;
}
