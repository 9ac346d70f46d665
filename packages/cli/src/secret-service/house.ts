import type { Client } from "@strongroom/client";
import { noSuchObject } from "./failures.ts";
import { aliased } from "./holdings.ts";
import type { Collection, Holdings, Item } from "./holdings.ts";
import type { Keeper } from "./keeper.ts";
import { placeOf } from "./paths.ts";
import type { Place } from "./paths.ts";
import type { Prompts } from "./prompts.ts";
import type { Sessions } from "./sessions.ts";
import type { View } from "./view.ts";
import type { Value } from "../dbus/variant.ts";

/** All that the methods of the objects work with. */
export interface House {
  readonly client: Client;
  readonly view: View;
  readonly keeper: Keeper;
  readonly sessions: Sessions;
  readonly prompts: Prompts;
  /** Says something to the person behind the terminal of the service. */
  readonly note: (line: string) => void;
}

/** A call of a method: whose, of which object, with what. */
export interface Asked {
  readonly house: House;
  readonly sender: string;
  readonly path: string;
  readonly place: Place;
  readonly args: readonly Value[];
}

/** A method: the signatures of what it takes and gives, and what it does. */
export interface Method {
  readonly in: string;
  readonly out: string;
  readonly run: (asked: Asked) => Promise<readonly Value[]>;
}

/** What an object is at this moment. */
export type Found =
  | { readonly kind: "collection"; readonly collection: Collection }
  | { readonly kind: "item"; readonly item: Item };

/** The collection or item of a path, or undefined when there is none. */
export function findAt(holdings: Holdings, place: Place | undefined): Found | undefined {
  if (place?.kind === "alias" || place?.kind === "collection") {
    const collection =
      place.kind === "alias"
        ? aliased(holdings, place.alias)
        : holdings.collections.get(place.collection);
    return collection && { kind: "collection", collection };
  }
  if (place?.kind !== "item") return undefined;
  const item = holdings.collections.get(place.collection)?.items.get(place.item);
  return item && { kind: "item", item };
}

/** The collection at a path. Throws `NoSuchObject`. */
export function collectionAt(holdings: Holdings, place: Place): Collection {
  const found = findAt(holdings, place);
  if (found?.kind !== "collection") throw noSuchObject();
  return found.collection;
}

/** The item at a path. Throws `NoSuchObject`. */
export function itemAt(holdings: Holdings, place: Place): Item {
  const found = findAt(holdings, place);
  if (found?.kind !== "item") throw noSuchObject();
  return found.item;
}

/** Those of the paths that lead to something, each once, and to what. */
export function foundOf(
  holdings: Holdings,
  paths: readonly string[],
): readonly (readonly [string, Found])[] {
  return [...new Set(paths)].flatMap((path) => {
    const found = findAt(holdings, placeOf(path));
    return found === undefined ? [] : [[path, found] as const];
  });
}
