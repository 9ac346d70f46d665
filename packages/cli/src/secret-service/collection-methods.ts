import { Variant } from "../dbus/variant.ts";
import { invalid, notSupported } from "./failures.ts";
import { collectionAt } from "./house.ts";
import type { Asked, Method } from "./house.ts";
import { LOGIN, SESSION } from "./names.ts";
import { itemPath } from "./paths.ts";
import { ITEM } from "./properties.ts";
import { matching } from "./search.ts";
import type { Travelling } from "./sessions.ts";

const NONE = "/";

/** What a collection can. */
export const COLLECTION_METHODS: { readonly [member: string]: Method } = {
  Delete: {
    in: "",
    out: "o",
    run: async ({ house, place }) => {
      const collection = collectionAt(await house.view.look(), place);
      if (collection.id === LOGIN || collection.id === SESSION) {
        throw notSupported("that collection is always there; delete what is in it");
      }
      await house.keeper.deleteCollection(collection);
      return [NONE];
    },
  },
  SearchItems: {
    in: "a{ss}",
    out: "ao",
    run: async ({ args, house, place }) => {
      const [attributes] = args as [ReadonlyMap<string, string>];
      const collection = collectionAt(await house.view.lookForSearch(), place);
      return [matching([collection], attributes)];
    },
  },
  CreateItem: { in: "a{sv}(oayays)b", out: "oo", run: createItem },
};

async function createItem({ args, house, place, sender }: Asked): ReturnType<Method["run"]> {
  const [properties, secret, replace] = args as [ReadonlyMap<string, Variant>, Travelling, boolean];
  const label = properties.get(`${ITEM}.Label`) ?? new Variant("s", "");
  const attributes = properties.get(`${ITEM}.Attributes`) ?? new Variant("a{ss}", new Map());
  if (label.signature !== "s") throw invalid("the label is a text");
  if (attributes.signature !== "a{ss}") throw invalid("attributes are texts by names");
  const value = house.sessions.receive(sender, secret);
  const collection = collectionAt(await house.view.look(), place);
  const item = await house.keeper.createItem(collection, {
    label: label.value as string,
    attributes: attributes.value as ReadonlyMap<string, string>,
    value,
    contentType: secret[3],
    replace,
  });
  return [itemPath(collection.id, item), NONE];
}
