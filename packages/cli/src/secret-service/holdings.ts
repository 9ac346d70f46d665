import type { Metadata, SecretEntry } from "@strongroom/client/protocol";
import { readAbout } from "./about.ts";
import type { About } from "./about.ts";
import { LOGIN, SESSION, splitName } from "./names.ts";

/** Something that is kept for a program. */
export interface Item {
  readonly name: string;
  readonly collection: string;
  readonly id: string;
  readonly about: About;
  /** Whether it has all of these attributes. */
  readonly matches: (attributes: ReadonlyMap<string, string>) => boolean;
  readonly version: number;
  readonly metadata: Metadata;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

/** A collection and what is in it. */
export interface Collection {
  readonly id: string;
  readonly about: About;
  /** The version of what stands in the vault of it itself; 0 where nothing does. */
  readonly version: number;
  readonly metadata: Metadata;
  readonly modified: number;
  readonly items: ReadonlyMap<string, Item>;
}

type Growing = { -readonly [K in keyof Collection]: Collection[K] };

/** All that the service has, as of one look. */
export interface Holdings {
  /** Whether the vault is locked: then there are no labels and no attributes. */
  readonly isLocked: boolean;
  /** Whether it is known at all what there is. */
  readonly isKnown: boolean;
  readonly collections: ReadonlyMap<string, Collection>;
}

/** What entries of the vault are to the bus of that id; those of the session of another are not. */
export function holdingsOf(entries: Iterable<SecretEntry>, bus: string): Holdings {
  const collections = new Map<string, Growing>(
    [LOGIN, SESSION].map((id) => [id, emptyCollection(id)]),
  );
  const itemsOf = new Map<string, Map<string, Item>>();
  for (const entry of entries) {
    const place = splitName(entry.name);
    if (place === undefined) continue;
    const { collection: id, item } = place;
    const collection = collections.get(id) ?? emptyCollection(id);
    const modified = Math.floor(entry.updatedAt / 1000);
    collections.set(id, collection);
    collection.modified = Math.max(collection.modified, modified);
    const { metadata, version } = entry;
    if (item === undefined) {
      const about = readAbout(metadata.note, { ...collection.about, created: modified });
      Object.assign(collection, { about, version, metadata });
      continue;
    }
    const found = itemOf(entry, id, item);
    if (id === SESSION && found.about.bus !== bus) continue;
    const items = itemsOf.get(id) ?? new Map<string, Item>();
    itemsOf.set(id, items.set(item, found));
  }
  for (const [id, items] of itemsOf) Object.assign(collections.get(id) ?? {}, { items });
  return { isLocked: false, isKnown: true, collections };
}

/** What an entry says is read once, however often it is looked at. */
const made = new WeakMap<SecretEntry, Item>();

function itemOf(entry: SecretEntry, collection: string, id: string): Item {
  const known = made.get(entry);
  if (known !== undefined) return known;
  const { metadata, name, updatedAt, version } = entry;
  const usual = { ...nothing(id), created: Math.floor(updatedAt / 1000) };
  const about = readAbout(metadata.note, usual);
  const matches = matcher(about.attributes);
  const item = { name, collection, id, about, matches, version, metadata, updatedAt };
  made.set(entry, item);
  return item;
}

/** What there is when nothing is known: the collections that are always there. */
export function unknownHoldings(): Holdings {
  return { ...holdingsOf([], ""), isLocked: true, isKnown: false };
}

/** The collection that an alias leads to. */
export function aliased({ collections }: Holdings, alias: string): Collection | undefined {
  if (alias === LOGIN || alias === SESSION) return collections.get(alias);
  const named = [...collections.values()].find(({ about }) => about.aliases.includes(alias));
  return named ?? (alias === "default" ? collections.get(LOGIN) : undefined);
}

/** The collection at the path of a label; never that of the session, where nothing stays. */
export function labelled({ collections }: Holdings, label: string): Collection | undefined {
  return label === SESSION ? undefined : collections.get(label);
}

/** Whether two sets of attributes are the same. */
export function areSame(
  some: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, string>,
): boolean {
  return some.size === others.size && matcher(some)(others);
}

function matcher(own: ReadonlyMap<string, string>): Item["matches"] {
  return (asked) => [...asked].every(([name, value]) => own.get(name) === value);
}

function nothing(label: string): About {
  return { label, attributes: new Map(), created: 0, aliases: [] };
}

function emptyCollection(id: string): Growing {
  const label = id === LOGIN ? "Login" : id === SESSION ? "Session" : id;
  const about = nothing(label);
  return { id, about, version: 0, metadata: {}, modified: 0, items: new Map() };
}
