import { encodeValue } from "@strongroom/client";
import type { BatchOperation, Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Metadata } from "@strongroom/client/protocol";
import { changeFreshly } from "../fresh-change.ts";
import { readAbout, writeAbout } from "./about.ts";
import type { About } from "./about.ts";
import { areSame } from "./holdings.ts";
import type { Collection, Item } from "./holdings.ts";
import { collectionName, itemName, newCollection, newItem, PREFIX, SESSION } from "./names.ts";
import { Turns } from "./turns.ts";
import type { View } from "./view.ts";

/** A secret, and what it is: a media type. */
export interface Content {
  readonly value: Uint8Array;
  readonly contentType: string;
}

/** What an item is to be. */
export interface Wanted extends Content {
  readonly label: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Whether one with the same attributes is to become this. */
  readonly replace: boolean;
}

const ROUNDS = 20;

/** Changes what the service holds. What resolves is on the disk, value and attributes at once. */
export class Keeper {
  readonly #client: Client;
  readonly #view: View;
  readonly #bus: string;
  readonly #turns = new Turns();

  constructor(client: Client, view: View, bus: string) {
    this.#client = client;
    this.#view = view;
    this.#bus = bus;
  }

  /** Stores an item; resolves with its id in the collection. */
  createItem({ id: collection }: Collection, wanted: Wanted): Promise<string> {
    // Two that replace at once shall not both find nothing to replace.
    return this.#turns.take(async () => {
      const items = (await this.#view.look()).collections.get(collection)?.items ?? new Map();
      const { attributes, contentType, label, replace, value } = wanted;
      const found = [...items.values()].find(({ about }) => areSame(about.attributes, attributes));
      // A secret that its owner put there has none, nor is it anybody's item.
      const old: Item | undefined = replace && attributes.size > 0 ? found : undefined;
      const item = old?.id ?? newItem(label);
      const about: About = {
        label,
        attributes,
        aliases: [],
        created: old?.about.created ?? seconds(),
        ...(collection === SESSION ? { bus: this.#bus } : {}),
      };
      await this.#client.set(itemName(collection, item), value, {
        metadata: writeAbout(about, lasting(old?.metadata), contentType),
        ...(old === undefined ? { expect: { absent: true } } : {}),
      });
      return item;
    });
  }

  /** Gives an item another value; it keeps its label and attributes. */
  async setContent({ name }: Item, { contentType, value }: Content): Promise<void> {
    const wire = encodeValue(value);
    await changeFreshly(this.#client, name, ({ metadata }) => ({
      ...wire,
      metadata: { ...lasting(metadata), contentType },
    }));
  }

  /** Changes what is known of an item. */
  async describe({ about: usual, name }: Item, change: Partial<About>): Promise<void> {
    await changeFreshly(this.#client, name, ({ metadata }) => ({
      metadata: writeAbout({ ...readAbout(metadata.note, usual), ...change }, metadata),
    }));
  }

  /** Deletes an item; one of the session leaves nothing behind. */
  async deleteItem({ collection, name }: Item): Promise<void> {
    if (collection === SESSION) await this.#client.purge(name);
    else await this.#client.delete(name);
  }

  /** Makes a collection; resolves with its id. */
  createCollection(label: string, alias: string): Promise<string> {
    return this.#turns.take(async () => {
      const { collections } = await this.#view.look();
      const id = newCollection(label, (taken) => collections.has(taken));
      const aliases = alias === "" ? [] : [alias];
      const about: About = { label, attributes: new Map(), aliases, created: seconds() };
      const options = { metadata: writeAbout(about), expect: { absent: true } } as const;
      await this.#client.set(collectionName(id), "", options);
      return id;
    });
  }

  async deleteCollection({ id, version }: Collection): Promise<void> {
    const name = collectionName(id);
    const itself: BatchOperation[] = version === 0 ? [] : [{ op: "delete", name }];
    await this.#client.batch([{ op: "clear", prefix: `${PREFIX}${id}/` }, ...itself]);
  }

  /** Changes what is known of collections, of all of them or of none. */
  async describeCollections(
    change: (collection: Collection) => Partial<About> | undefined,
  ): Promise<void> {
    for (let round = 1; ; round += 1) {
      const { collections } = await this.#view.look();
      const operations: BatchOperation[] = [];
      for (const collection of collections.values()) {
        const changed = change(collection);
        if (changed === undefined) continue;
        const metadata = writeAbout({ ...collection.about, ...changed }, collection.metadata);
        operations.push(await this.#rewritten(collection, metadata));
      }
      try {
        if (operations.length > 0) await this.#client.batch(operations);
        return;
      } catch (error) {
        const code = error instanceof StrongroomError ? error.code : undefined;
        const isBeaten = code === "CONFLICT" || code === "ALREADY_EXISTS";
        if (!isBeaten || round === ROUNDS) throw error;
      }
    }
  }

  async #rewritten({ id, version }: Collection, metadata: Metadata): Promise<BatchOperation> {
    const name = collectionName(id);
    if (version === 0) return { op: "set", name, value: "", metadata, expect: { absent: true } };
    const { encoding, value } = await this.#client.call("secret/get", { name });
    return { op: "set", name, value, encoding, metadata, expect: { version } };
  }
}

/** What stays with a secret that gets another value: not when the old one ended. */
function lasting(metadata: Metadata = {}): Metadata {
  const { expiresAt: _, ...rest } = metadata;
  return rest;
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
