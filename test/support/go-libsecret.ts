import { Variant } from "strongroom/src/dbus/variant.ts";
import { propertiesOf, SERVICE } from "./bus-client.ts";
import type { BusClient } from "./bus-client.ts";
import { until } from "./processes.ts";

const NONE = "/";

/**
 * Makes the calls that github.com/99designs/keyring makes by github.com/gsterjov/go-libsecret, in
 * their order: one collection of the program's name, and in it an item for each key.
 */
export class GoLibsecret {
  readonly #client: BusClient;
  readonly #name: string;
  #session = NONE;
  #collection: string | undefined;

  constructor(client: BusClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** The path of the collection, as far as one was found. */
  get collection(): string | undefined {
    return this.#collection;
  }

  /** Each operation begins with it. What it throws makes the program try another keyring. */
  async open(): Promise<void> {
    this.#session = await this.#client.session();
    const paths = await this.#client.property(SERVICE, "Service", "Collections");
    const wanted = `${SERVICE}/collection/${this.#name}`;
    this.#collection = (paths as string[]).find((path) => decoded(path) === wanted);
  }

  /** Makes the collection; its path. */
  async create(): Promise<string> {
    const label = new Variant("s", this.#name);
    const properties = new Map([["org.freedesktop.Secret.Collection.Label", label]]);
    const args = [properties, ""];
    return this.#prompted(
      await this.#client.ask(SERVICE, "Service", "CreateCollection", "a{sv}s", args),
    );
  }

  /** The value of a key; undefined where there is none. */
  async get(key: string): Promise<string | undefined> {
    const item = await this.#find(key);
    return item && (await this.#client.value(item, this.#session));
  }

  async set(key: string, value: string): Promise<void> {
    await this.open();
    const collection = (this.#collection ??= await this.create());
    await this.#unlock(collection, "Collection");
    const secret = [this.#session, Buffer.alloc(0), Buffer.from(value), "application/json"];
    const args = [propertiesOf(key, { profile: key }), secret, true];
    await this.#prompted(
      await this.#client.ask(collection, "Collection", "CreateItem", "a{sv}(oayays)b", args),
    );
  }

  async remove(key: string): Promise<void> {
    const item = await this.#find(key);
    if (item === undefined) return;
    const [prompt] = await this.#client.ask(item, "Item", "Delete");
    await this.#prompted([NONE, prompt]);
  }

  /** The labels of all items. */
  async keys(): Promise<readonly string[]> {
    await this.open();
    if (this.#collection === undefined) return [];
    await this.#unlock(this.#collection, "Collection");
    const items = await this.#client.property(this.#collection, "Collection", "Items");
    const labels = (items as string[]).map((item) => this.#client.property(item, "Item", "Label"));
    return (await Promise.all(labels)) as string[];
  }

  async #find(key: string): Promise<string | undefined> {
    await this.open();
    if (this.#collection === undefined) return undefined;
    const asked = [new Map([["profile", key]])];
    const [items] = await this.#client.ask(
      this.#collection,
      "Collection",
      "SearchItems",
      "a{ss}",
      asked,
    );
    const [item] = items as string[];
    if (item !== undefined) await this.#unlock(item, "Item");
    return item;
  }

  async #unlock(path: string, of: "Collection" | "Item"): Promise<void> {
    if (!(await this.#client.property(path, of, "Locked"))) return;
    const [, prompt] = await this.#client.ask(SERVICE, "Service", "Unlock", "ao", [[path]]);
    await this.#prompted([NONE, prompt]);
  }

  /** What came, or what its prompt comes to: it is not asked whether that was dismissed. */
  async #prompted([path, prompt]: readonly unknown[]): Promise<string> {
    if (prompt === NONE) return path as string;
    const results = (): Variant[] =>
      this.#client.heard
        .filter(({ member, path: of }) => member === "Completed" && of === prompt)
        .map(({ body }) => body()[1] as Variant);
    await this.#client.ask(prompt as string, "Prompt", "Prompt", "s", [""]);
    await until("the end of the prompt", () => results().length > 0);
    return results()[0]?.value as string;
  }
}

function decoded(path: string): string {
  return path.replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
