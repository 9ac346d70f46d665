import type { Bus } from "../dbus/bus.ts";
import { Variant } from "../dbus/variant.ts";
import type { Value } from "../dbus/variant.ts";
import type { Change } from "./changes.ts";
import { collectionPath, itemPath, ROOT } from "./paths.ts";
import { COLLECTION, collectionProperties, ITEM, itemProperties, SERVICE } from "./properties.ts";

const MOST_TOLD = 500;

type Signaller = Pick<Bus, "signal">;

/** Tells everybody on the bus what happened to the objects. */
export function tell(
  bus: Signaller,
  changes: readonly Change[],
  { collections, isLocked }: { readonly collections: Iterable<string>; readonly isLocked: boolean },
): void {
  for (const change of changes) {
    if (change.of === "item") tellItem(bus, change, isLocked);
    else if (change.of === "collection") {
      const { id } = "now" in change ? change.now : change.was;
      const member = `Collection${capital(change.what)}`;
      bus.signal({ path: ROOT, interface: SERVICE, member, ...one(collectionPath(id)) });
      if (change.what === "changed") show(bus, change.now, ["Label", "Modified"], isLocked);
    } else {
      show(bus, change.now, change.of === "lock" ? ["Locked"] : ["Items", "Modified"], isLocked);
    }
  }
  const isOther = changes.some(({ of, ...rest }) => {
    return of === "collection" && "what" in rest && rest.what !== "changed";
  });
  if (!isOther) return;
  const paths = new Variant("ao", [...collections].map(collectionPath));
  properties(bus, ROOT, SERVICE, new Map([["Collections", paths]]));
}

/** Tells one program that its prompt is over. */
export function tellCompleted(
  bus: Signaller,
  ...[owner, path, dismissed, result]: readonly [string, string, boolean, Variant]
): void {
  bus.signal({
    path,
    interface: "org.freedesktop.Secret.Prompt",
    member: "Completed",
    destination: owner,
    signature: "bv",
    values: [dismissed, result],
  });
}

function tellItem(bus: Signaller, change: Change & { of: "item" }, isLocked: boolean): void {
  const { collection, id } = "now" in change ? change.now : change.was;
  const path = itemPath(collection, id);
  if (change.what === "lock") {
    return properties(bus, path, ITEM, only(itemProperties(change.now, isLocked), ["Locked"]));
  }
  const member = `Item${capital(change.what)}`;
  const at = { path: collectionPath(collection), interface: COLLECTION, member };
  bus.signal({ ...at, ...one(path) });
  if (change.what !== "changed") return;
  const shown = ["Attributes", "Label", "Modified"];
  properties(bus, path, ITEM, only(itemProperties(change.now, isLocked), shown));
}

function show(
  bus: Signaller,
  collection: Parameters<typeof collectionProperties>[0],
  names: readonly string[],
  isLocked: boolean,
): void {
  const changed = only(collectionProperties(collection, isLocked), names);
  properties(bus, collectionPath(collection.id), COLLECTION, changed);
}

function properties(
  bus: Signaller,
  path: string,
  of: string,
  changed: ReadonlyMap<string, Variant>,
): void {
  const told = new Map([...changed].filter(([, { value }]) => !isLong(value)));
  bus.signal({
    path,
    interface: "org.freedesktop.DBus.Properties",
    member: "PropertiesChanged",
    signature: "sa{sv}as",
    values: [of, told, [...changed.keys()].filter((name) => !told.has(name))],
  });
}

/** Of a long list it is said that it changed: whoever wants it asks. */
function isLong(value: Value): boolean {
  return Array.isArray(value) && value.length > MOST_TOLD;
}

function only(
  all: ReadonlyMap<string, Variant>,
  names: readonly string[],
): ReadonlyMap<string, Variant> {
  return new Map([...all].filter(([name]) => names.includes(name)));
}

function one(path: string): { readonly signature: string; readonly values: readonly Value[] } {
  return { signature: "o", values: [path] };
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
