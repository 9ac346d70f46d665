import type { Bus, Call } from "strongroom/src/dbus/bus.ts";
import type { Message } from "strongroom/src/dbus/message.ts";
import { Variant } from "strongroom/src/dbus/variant.ts";
import type { Value } from "strongroom/src/dbus/variant.ts";

/** The path of the service. */
export const SERVICE = "/org/freedesktop/secrets";
const NAME = "org.freedesktop.secrets";
const INTERFACE = "org.freedesktop.Secret";
const PROPERTIES = "org.freedesktop.DBus.Properties";
/** A client that says what it is told to. */
export class BusClient {
  readonly bus: Bus;
  readonly heard: Message[] = [];
  /** Its unique name. */
  name = "";

  constructor(bus: Bus) {
    this.bus = bus;
  }

  async start(): Promise<void> {
    this.name = await this.bus.hello({
      answer: () => Promise.resolve({ signature: "", values: [] }),
      hear: (signal) => this.heard.push(signal),
    });
    await this.bus.ask("AddMatch", "s", [`type='signal',path_namespace='${SERVICE}'`]);
  }

  /** Calls a method of an object of the service; `of` is the last word of its interface. */
  ask(
    path: string,
    of: string,
    member: string,
    signature = "",
    values: readonly Value[] = [],
  ): Promise<readonly Value[]> {
    const call: Call = { destination: NAME, path, interface: `${INTERFACE}.${of}`, member };
    return this.bus.call({ ...call, signature, values });
  }

  /** The name of the error that such a call ends with. */
  async refusal(...call: Parameters<BusClient["ask"]>): Promise<string> {
    try {
      await this.ask(...call);
      return "none";
    } catch (error) {
      return (error as Error).name;
    }
  }

  /** A property of an object. */
  async property(path: string, of: string, name: string): Promise<Value> {
    const call = { destination: NAME, path, interface: PROPERTIES, member: "Get" };
    const values = [`${INTERFACE}.${of}`, name];
    const [found] = await this.bus.call({ ...call, signature: "ss", values });
    return (found as Variant).value;
  }

  /** Sets a property of an object. */
  async change(path: string, of: string, name: string, value: Variant): Promise<void> {
    const call = { destination: NAME, path, interface: PROPERTIES, member: "Set" };
    const values = [`${INTERFACE}.${of}`, name, value];
    await this.bus.call({ ...call, signature: "ssv", values });
  }

  /** Opens a session in which secrets travel as they are. */
  async session(): Promise<string> {
    const [, path] = await this.ask(SERVICE, "Service", "OpenSession", "sv", [
      "plain",
      new Variant("s", ""),
    ]);
    return path as string;
  }

  /** Stores an item; its path. */
  async store(
    session: string,
    attributes: { readonly [name: string]: string },
    value: Uint8Array | string,
    { collection = `${SERVICE}/aliases/default`, label = "Label", replace = true } = {},
  ): Promise<string> {
    const [path] = await this.ask(collection, "Collection", "CreateItem", "a{sv}(oayays)b", [
      propertiesOf(label, attributes),
      secretOf(session, value),
      replace,
    ]);
    return path as string;
  }

  /** The value of an item. */
  async value(item: string, session: string): Promise<string> {
    const [secret] = await this.ask(item, "Item", "GetSecret", "o", [session]);
    return Buffer.from((secret as readonly Uint8Array[])[2] ?? "").toString();
  }

  /** What the signals said that were heard: their members and paths. */
  signals(): string[] {
    return this.heard
      .filter(({ path }) => path?.startsWith(SERVICE))
      .map(({ body, member }) => [member, ...body().filter((each) => typeof each === "string")])
      .map((words) => words.join(" "));
  }
}

/** The properties that an item is created with. */
export function propertiesOf(
  label: string,
  attributes: { readonly [name: string]: string },
): ReadonlyMap<string, Variant> {
  return new Map([
    [`${INTERFACE}.Item.Label`, new Variant("s", label)],
    [`${INTERFACE}.Item.Attributes`, new Variant("a{ss}", new Map(Object.entries(attributes)))],
  ]);
}

/** A secret as it travels in a plain session. */
export function secretOf(session: string, value: Uint8Array | string): readonly Value[] {
  return [session, Buffer.alloc(0), Buffer.from(value), "text/plain"];
}
