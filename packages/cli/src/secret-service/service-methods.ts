import { Variant } from "../dbus/variant.ts";
import { invalid, noSuchObject, notSupported } from "./failures.ts";
import { aliased, labelled } from "./holdings.ts";
import { findAt, foundOf } from "./house.ts";
import type { Asked, Method } from "./house.ts";
import { LOGIN, SESSION } from "./names.ts";
import { collectionPath, placeOf } from "./paths.ts";
import { COLLECTION } from "./properties.ts";
import { matching } from "./search.ts";
import { secretsOf } from "./secrets.ts";
import { unlocked } from "./unlock.ts";

/** No prompt is needed: it is done. No object: there is none. */
const NONE = "/";
const ALIAS = /^[A-Za-z0-9_]+$/;

/** What the service itself can. */
export const SERVICE_METHODS: { readonly [member: string]: Method } = {
  OpenSession: {
    in: "sv",
    out: "vo",
    run: async ({ args, house, sender }) => {
      const [algorithm, input] = args as [string, Variant];
      return house.sessions.open(sender, algorithm, input);
    },
  },
  CreateCollection: { in: "a{sv}s", out: "oo", run: createCollection },
  SearchItems: {
    in: "a{ss}",
    out: "aoao",
    run: async ({ args, house }) => {
      const holdings = await house.view.lookForSearch();
      const [attributes] = args as [ReadonlyMap<string, string>];
      const found = matching(holdings.collections.values(), attributes);
      return holdings.isLocked ? [[], found] : [found, []];
    },
  },
  Unlock: {
    in: "ao",
    out: "aoo",
    run: async ({ args, house, sender }) => {
      const [paths] = args as [readonly string[]];
      const holdings = await house.view.lookAnyway();
      const there = foundOf(holdings, paths).map(([path]) => path);
      if (!holdings.isLocked) return [there, NONE];
      const act = async (): Promise<Variant | undefined> => {
        const now = await unlocked(house);
        return (
          now &&
          new Variant(
            "ao",
            foundOf(now, paths).map(([path]) => path),
          )
        );
      };
      return [[], house.prompts.add(sender, { act, dismissed: new Variant("ao", []) })];
    },
  },
  Lock: {
    in: "ao",
    out: "aoo",
    run: async ({ args, house }) => {
      const [paths] = args as [readonly string[]];
      const there = foundOf(await house.view.lookAnyway(), paths).map(([path]) => path);
      // A vault is locked as a whole, or not.
      if (there.length > 0) await house.client.call("vault/lock", {});
      await house.view.lookAnyway();
      return [there, NONE];
    },
  },
  GetSecrets: {
    in: "aoo",
    out: "a{o(oayays)}",
    run: async ({ args, house, sender }) => {
      const [paths, session] = args as [readonly string[], string];
      house.sessions.check(sender, session);
      const found = foundOf(await house.view.look(), paths);
      const items = found.flatMap(([path, at]) =>
        at.kind === "item" ? ([[path, at.item]] as const) : [],
      );
      return [await secretsOf(house, sender, session, items)];
    },
  },
  ReadAlias: {
    in: "s",
    out: "o",
    run: async ({ args, house }) => {
      const [alias] = args as [string];
      const collection = aliased(await house.view.lookAnyway(), alias);
      return [collection === undefined ? NONE : collectionPath(collection.id)];
    },
  },
  SetAlias: { in: "so", out: "", run: setAlias },
};

async function createCollection({ args, house, sender }: Asked): ReturnType<Method["run"]> {
  const [properties, alias] = args as [ReadonlyMap<string, Variant>, string];
  if (alias !== "" && !ALIAS.test(alias)) throw invalid("an alias has letters, digits and _");
  const label = properties.get(`${COLLECTION}.Label`) ?? new Variant("s", "");
  if (label.signature !== "s") throw invalid("the label is a text");
  const create = async (): Promise<string> => {
    const there = alias === "" ? undefined : aliased(await house.view.look(), alias);
    const id = there?.id ?? (await house.keeper.createCollection(label.value as string, alias));
    return collectionPath(id);
  };
  const { isKnown, isLocked } = await house.view.lookAnyway();
  if (!isLocked) return [await create(), NONE];
  const act = async (): Promise<Variant | undefined> => {
    const now = await unlocked(house);
    if (now === undefined) return undefined;
    // Some programs make what they could not see, and look for it by its label ever after.
    const hidden = isKnown ? undefined : labelled(now, label.value as string);
    return new Variant("o", hidden === undefined ? await create() : collectionPath(hidden.id));
  };
  return [NONE, house.prompts.add(sender, { act, dismissed: new Variant("o", NONE) })];
}

async function setAlias({ args, house }: Asked): ReturnType<Method["run"]> {
  const [alias, path] = args as [string, string];
  if (!ALIAS.test(alias)) throw invalid("an alias has letters, digits and _");
  if (alias === LOGIN || alias === SESSION) throw notSupported("that collection keeps its name");
  const holdings = await house.view.look();
  const found = findAt(holdings, placeOf(path));
  if (path !== NONE && found?.kind !== "collection") throw noSuchObject();
  const id = found?.kind === "collection" ? found.collection.id : undefined;
  await house.keeper.describeCollections(({ about: { aliases }, id: each }) => {
    const has = aliases.includes(alias);
    if (each === id) return has ? undefined : { aliases: [...aliases, alias] };
    return has ? { aliases: aliases.filter((other) => other !== alias) } : undefined;
  });
  return [];
}
