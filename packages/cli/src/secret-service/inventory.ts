import type { Client } from "@strongroom/client";
import type { Result, SecretEntry } from "@strongroom/client/protocol";
import { PREFIX } from "./names.ts";

const PATTERN = `${PREFIX}**`;
/** Of more names than that a whole listing is the shorter way. */
const MOST_NAMES = 32;

/** The entries below the prefix, and the revision at which they are so. */
export interface Inventory {
  readonly revision: number;
  readonly entries: ReadonlyMap<string, SecretEntry>;
}

/**
 * What stands in the vault below the prefix. The first look lists it; each later one asks what
 * happened since, and looks at that alone.
 */
export class Inventories {
  readonly #client: Client;
  #cursor: number | undefined;
  #last: Inventory | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** All that was acknowledged before, by whomever; the same object where nothing changed. */
  async take(): Promise<Inventory> {
    const { cursor, names, revision } = await this.#happened();
    const last = this.#last;
    const isAnew = last === undefined || names === undefined || names.size > MOST_NAMES;
    if (!isAnew && names.size === 0) {
      this.#cursor = cursor;
      return last;
    }
    // What happens while this is listed stands behind the cursor, and is looked at once more.
    const entries = isAnew ? await this.#all() : await this.#again(last.entries, names);
    this.#cursor = cursor;
    this.#last = { revision, entries };
    return this.#last;
  }

  /** Begins anew with the next look. */
  forget(): void {
    this.#cursor = undefined;
    this.#last = undefined;
  }

  /** The names that are others since the last look; undefined where that is not known. */
  async #happened(): Promise<{
    readonly cursor: number;
    readonly revision: number;
    readonly names: ReadonlySet<string> | undefined;
  }> {
    const names = new Set<string>();
    let cursor = this.#cursor;
    for (;;) {
      const place = cursor === undefined ? {} : { cursor, wait: 0 };
      const found: Result<"watch/start"> = await this.#client.call("watch/start", {
        pattern: PATTERN,
        ...place,
      });
      const isAnew = cursor === undefined || found.resync === true;
      cursor = found.cursor;
      for (const event of found.events) if ("name" in event) names.add(event.name);
      const { revision } = found;
      if (isAnew) return { cursor, revision, names: undefined };
      // Another daemon, or one that is locked, says the rest.
      const isCut = found.closing === true || found.events.some(({ event }) => event === "lock");
      if (!isCut && found.events.length === 0) return { cursor, revision, names };
    }
  }

  async #all(): Promise<ReadonlyMap<string, SecretEntry>> {
    const entries = new Map<string, SecretEntry>();
    for await (const entry of this.#client.entries({ pattern: PATTERN })) {
      entries.set(entry.name, entry);
    }
    return entries;
  }

  async #again(
    before: ReadonlyMap<string, SecretEntry>,
    names: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, SecretEntry>> {
    // No name holds what a pattern gives a meaning to.
    const listed = [...names].map(
      async (name) => [name, (await this.#client.list({ pattern: name })).secrets[0]] as const,
    );
    const entries = new Map(before);
    for (const [name, entry] of await Promise.all(listed)) {
      if (entry === undefined) entries.delete(name);
      else entries.set(name, entry);
    }
    return entries;
  }
}
