import { Variant } from "../dbus/variant.ts";
import type { Value } from "../dbus/variant.ts";
import { invalid, noSuchObject } from "./failures.ts";
import type { Collection, Holdings, Item } from "./holdings.ts";
import { collectionAt, findAt, itemAt } from "./house.ts";
import type { House } from "./house.ts";
import { collectionPath, itemPath } from "./paths.ts";
import type { Place } from "./paths.ts";

/** The interface of the service itself. */
export const SERVICE = "org.freedesktop.Secret.Service";
/** The interface of collections. */
export const COLLECTION = "org.freedesktop.Secret.Collection";
/** The interface of items. */
export const ITEM = "org.freedesktop.Secret.Item";

/** The properties of each interface: signature, and whether they can be set. */
export const PROPERTIES: {
  readonly [name: string]: { readonly [property: string]: readonly [string, "read" | "readwrite"] };
} = {
  [SERVICE]: { Collections: ["ao", "read"] },
  [COLLECTION]: {
    Items: ["ao", "read"],
    Label: ["s", "readwrite"],
    Locked: ["b", "read"],
    Created: ["t", "read"],
    Modified: ["t", "read"],
  },
  [ITEM]: {
    Locked: ["b", "read"],
    Attributes: ["a{ss}", "readwrite"],
    Label: ["s", "readwrite"],
    Created: ["t", "read"],
    Modified: ["t", "read"],
  },
};

/** The interface of an object that has properties, and all of them. Throws `NoSuchObject`. */
export function propertiesOf(
  holdings: Holdings,
  place: Place,
): readonly [string, ReadonlyMap<string, Variant>] {
  if (place.kind === "service") {
    const paths = [...holdings.collections.keys()].map(collectionPath);
    return [SERVICE, new Map([["Collections", new Variant("ao", paths)]])];
  }
  const found = findAt(holdings, place);
  if (found === undefined) throw noSuchObject();
  if (found.kind === "item") return [ITEM, itemProperties(found.item, holdings.isLocked)];
  return [COLLECTION, collectionProperties(found.collection, holdings.isLocked)];
}

/** What a collection shows of itself. */
export function collectionProperties(
  { about, id, items, modified }: Collection,
  isLocked: boolean,
): ReadonlyMap<string, Variant> {
  const paths = [...items.keys()].map((item) => itemPath(id, item));
  return new Map([
    ["Items", new Variant("ao", paths)],
    ["Label", new Variant("s", about.label)],
    ["Locked", new Variant("b", isLocked)],
    ["Created", new Variant("t", BigInt(about.created))],
    ["Modified", new Variant("t", BigInt(modified))],
  ]);
}

/** What an item shows of itself. */
export function itemProperties(
  { about, updatedAt }: Item,
  isLocked: boolean,
): ReadonlyMap<string, Variant> {
  return new Map([
    ["Locked", new Variant("b", isLocked)],
    ["Attributes", new Variant("a{ss}", about.attributes)],
    ["Label", new Variant("s", about.label)],
    ["Created", new Variant("t", BigInt(about.created))],
    ["Modified", new Variant("t", BigInt(Math.floor(updatedAt / 1000)))],
  ]);
}

/** Changes a property of a collection or an item. */
export async function setProperty(
  { keeper, view }: House,
  place: Place,
  [of, property, variant]: readonly [string, string, Variant],
): Promise<void> {
  const [signature, access] = PROPERTIES[of]?.[property] ?? [];
  if (access !== "readwrite") throw invalid("there is no such property to be set");
  if (variant.signature !== signature) throw invalid(`that property is of the type ${signature}`);
  const holdings = await view.look();
  if (of === COLLECTION) {
    const { id } = collectionAt(holdings, place);
    const label = variant.value as string;
    await keeper.describeCollections((each) => (each.id === id ? { label } : undefined));
    return;
  }
  const item = itemAt(holdings, place);
  await keeper.describe(item, aboutOf(property, variant.value));
}

function aboutOf(property: string, value: Value): Parameters<House["keeper"]["describe"]>[1] {
  if (property === "Label") return { label: value as string };
  return { attributes: value as ReadonlyMap<string, string> };
}
