import { DBusError } from "../dbus/failure.ts";
import type { Answer } from "../dbus/bus.ts";
import type { Message } from "../dbus/message.ts";
import type { Variant } from "../dbus/variant.ts";
import { COLLECTION_METHODS } from "./collection-methods.ts";
import { failureOf, invalid, noSuchObject } from "./failures.ts";
import type { Asked, House, Method } from "./house.ts";
import { introspection } from "./introspection.ts";
import { ITEM_METHODS } from "./item-methods.ts";
import { placeOf } from "./paths.ts";
import type { Place } from "./paths.ts";
import { COLLECTION, ITEM, propertiesOf, SERVICE, setProperty } from "./properties.ts";
import { SERVICE_METHODS } from "./service-methods.ts";

type Methods = { readonly [member: string]: Method };

const CHANGING = new Set([
  "CreateCollection",
  "CreateItem",
  "Delete",
  "Set",
  "SetAlias",
  "SetSecret",
]);

const SESSION_METHODS: Methods = {
  Close: {
    in: "",
    out: "",
    run: async ({ house, path, sender }) => {
      house.sessions.close(sender, path);
      return [];
    },
  },
};

const PROMPT_METHODS: Methods = {
  Prompt: {
    in: "s",
    out: "",
    run: async ({ house, path, sender }) => {
      house.prompts.act(sender, path);
      return [];
    },
  },
  Dismiss: {
    in: "",
    out: "",
    run: async ({ house, path, sender }) => {
      house.prompts.dismiss(sender, path);
      return [];
    },
  },
};

const PROPERTIES_METHODS: Methods = {
  Get: {
    in: "ss",
    out: "v",
    run: async (asked) => {
      const [of, property] = asked.args as [string, string];
      const found = (await all(asked, of)).get(property);
      if (found === undefined) throw invalid("there is no such property");
      return [found];
    },
  },
  GetAll: {
    in: "s",
    out: "a{sv}",
    run: async (asked) => [await all(asked, asked.args[0] as string)],
  },
  Set: {
    in: "ssv",
    out: "",
    run: async ({ args, house, place }) => {
      await setProperty(house, place, args as [string, string, Variant]);
      return [];
    },
  },
};

const INTROSPECTABLE_METHODS: Methods = {
  Introspect: {
    in: "",
    out: "s",
    run: async ({ house, path, place }) => [
      introspection({ path, place }, await house.view.lookAnyway(), OF_KIND[place.kind]),
    ],
  },
};

const PEER_METHODS: Methods = { Ping: { in: "", out: "", run: async () => [] } };

const PROPERTIES_NAME = "org.freedesktop.DBus.Properties";
const EVERYWHERE: { readonly [name: string]: Methods } = {
  "org.freedesktop.DBus.Introspectable": INTROSPECTABLE_METHODS,
  "org.freedesktop.DBus.Peer": PEER_METHODS,
  [PROPERTIES_NAME]: PROPERTIES_METHODS,
};
const COLLECTION_KIND = { [COLLECTION]: COLLECTION_METHODS };
/** The interfaces of each kind of object, besides those that all have. */
const OF_KIND: { readonly [kind in Place["kind"]]: { readonly [name: string]: Methods } } = {
  above: {},
  alias: COLLECTION_KIND,
  collection: COLLECTION_KIND,
  item: { [ITEM]: ITEM_METHODS },
  prompt: { "org.freedesktop.Secret.Prompt": PROMPT_METHODS },
  service: { [SERVICE]: SERVICE_METHODS },
  session: { "org.freedesktop.Secret.Session": SESSION_METHODS },
};

/** Answers a call of a method of any object of the service. */
export async function answer(house: House, call: Message): Promise<Answer> {
  try {
    const { member = "", path = "", sender = "", signature = "" } = call;
    const place = placeOf(path);
    if (place === undefined) throw noSuchObject();
    const method = find({ ...OF_KIND[place.kind], ...EVERYWHERE }, call.interface, member);
    if (method.in !== signature) throw invalid(`${member} takes the signature '${method.in}'`);
    const values = await method.run({ house, sender, path, place, args: call.body() });
    // What it changed is told before the answer, as far as it can be seen.
    if (CHANGING.has(member)) await house.view.lookAnyway().catch(() => {});
    return { signature: method.out, values };
  } catch (error) {
    throw failureOf(error);
  }
}

function find(
  interfaces: { readonly [name: string]: Methods },
  wanted: string | undefined,
  member: string,
): Method {
  // Whoever names no interface means the first that has the method.
  const methods =
    wanted === undefined
      ? Object.values(interfaces).find((each) => Object.hasOwn(each, member))
      : Object.hasOwn(interfaces, wanted)
        ? interfaces[wanted]
        : undefined;
  const method = methods !== undefined && Object.hasOwn(methods, member) && methods[member];
  if (method) return method;
  throw new DBusError("org.freedesktop.DBus.Error.UnknownMethod", "there is no such method");
}

async function all(asked: Asked, of: string): Promise<ReadonlyMap<string, Variant>> {
  const [name, properties] = propertiesOf(await asked.house.view.lookAnyway(), asked.place);
  if (of !== name && of !== "") throw invalid("the object has no such interface");
  return properties;
}
