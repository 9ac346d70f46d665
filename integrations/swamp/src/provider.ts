import { encodeValue, StrongroomError } from "@strongroom/client";
import type { BatchOperation, Client, Expect, Secret, SecretEntry } from "@strongroom/client";
import { Annotation, isNothing } from "./annotation.ts";
import type { AnnotationFields } from "./annotation.ts";
import type { Connection } from "./connection.ts";
import { annotated, annotationIn, labelled } from "./mapping.ts";
import { Names } from "./names.ts";
import { persist } from "./persist.ts";

/** What swamp may say with a value. */
export interface PutOptions {
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A vault of swamp: each method is one of its contract for providers, and rejects with the SDK's
 * own `StrongroomError`.
 */
export class Provider {
  readonly #name: string;
  readonly #names: Names;
  readonly #connection: Connection;

  constructor(name: string, prefix: string, connection: Connection) {
    this.#name = name;
    this.#names = new Names(prefix);
    this.#connection = connection;
  }

  /** The vault's name in swamp. */
  getName(): string {
    return this.#name;
  }

  /** The value as text; `NOT_FOUND` when there is none, a `TypeError` when it is not UTF-8. */
  async get(key: string): Promise<string> {
    const name = this.#names.secret(key);
    const client = await this.#connection.client();
    return (await client.get(name)).text();
  }

  /** Stores a value; durable when it resolves. What is said of the key stays, tags are added. */
  async put(key: string, value: string, { tags = {} }: PutOptions = {}): Promise<void> {
    const name = this.#names.secret(key);
    await this.#change(async (client) => {
      const [current, aside] = await Promise.all([entryOf(client, name), this.#aside(client, key)]);
      const said = current?.metadata ?? {};
      const about = isNothing(annotationIn(said)) ? (aside?.metadata ?? {}) : said;
      const metadata = labelled({ ...said, ...about }, tags);
      const expect = standing(current);
      const joined = aside === undefined ? [absent(this.#names.aside(key))] : without(aside);
      return [{ op: "set", name, ...encodeValue(value), metadata, expect }, ...joined];
    });
  }

  /** The keys that have a value, sorted by name. */
  async list(): Promise<string[]> {
    const entries = await this.#entries();
    return entries.flatMap(({ key, isAside }) => (isAside ? [] : [key]));
  }

  /** Deletes the secret with what is said of it; `NOT_FOUND` when there is none. */
  async delete(key: string): Promise<void> {
    const name = this.#names.secret(key);
    await this.#change(async (client) => {
      return [{ op: "delete", name }, ...without(await this.#aside(client, key))];
    });
  }

  /** What is said of a key, or null. */
  async getAnnotation(key: string): Promise<Annotation | null> {
    const name = this.#names.secret(key);
    const client = await this.#connection.client();
    const current = annotationOf(await entryOf(client, name));
    return current ?? annotationOf(await this.#aside(client, key)) ?? null;
  }

  /** Says this of a key and nothing else; of one that has no value, too. */
  async putAnnotation(key: string, annotation: AnnotationFields): Promise<void> {
    const name = this.#names.secret(key);
    await this.#change(async (client) => {
      const [current, aside] = await Promise.all([
        secretIn(client, name),
        this.#aside(client, key),
      ]);
      if (current !== undefined) return [saying(current, annotation), ...without(aside)];
      const metadata = annotated({}, annotation);
      const expect = standing(aside);
      return [
        absent(name),
        { op: "set", name: this.#names.aside(key), value: "", metadata, expect },
      ];
    });
  }

  /** Says nothing of a key any more; nothing is done when nothing was. */
  async deleteAnnotation(key: string): Promise<void> {
    const name = this.#names.secret(key);
    await this.#change(async (client) => {
      const [entry, aside] = await Promise.all([entryOf(client, name), this.#aside(client, key)]);
      if (annotationOf(entry) === undefined) return without(aside);
      const current = await secretIn(client, name);
      return [...(current === undefined ? [] : [saying(current, {})]), ...without(aside)];
    });
  }

  /** What is said of all keys of which something is. */
  async listAnnotations(): Promise<Map<string, Annotation>> {
    const entries = await this.#entries();
    const of = (wanted: boolean): [string, Annotation][] =>
      entries.flatMap(({ key, isAside, entry }) => {
        const annotation = annotationOf(entry);
        return isAside === wanted && annotation !== undefined ? [[key, annotation]] : [];
      });
    return new Map([...of(true), ...of(false)]);
  }

  #aside(client: Client, key: string): Promise<SecretEntry | undefined> {
    return entryOf(client, this.#names.aside(key));
  }

  async #entries(): Promise<
    { readonly key: string; readonly isAside: boolean; readonly entry: SecretEntry }[]
  > {
    const client = await this.#connection.client();
    const found = [];
    for await (const entry of client.entries({ pattern: this.#names.pattern })) {
      found.push({ ...this.#names.parse(entry.name), entry });
    }
    return found;
  }

  /** Reads, and writes what it read of unless somebody changed it; nothing where nothing is to do. */
  async #change(plan: (client: Client) => Promise<readonly BatchOperation[]>): Promise<void> {
    const client = await this.#connection.client();
    await persist(async () => {
      const operations = await plan(client);
      if (operations.length > 0) await client.batch(operations);
    });
  }
}

/** Without reading the value. A name holds no sign of a pattern, or there is none such. */
async function entryOf(client: Client, name: string): Promise<SecretEntry | undefined> {
  if (/[*?[\]{}]/u.test(name)) return undefined;
  const { secrets } = await client.list({ pattern: name });
  return secrets[0];
}

async function secretIn(client: Client, name: string): Promise<Secret | undefined> {
  try {
    return await client.get(name);
  } catch (error) {
    if (error instanceof StrongroomError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

function annotationOf(entry: SecretEntry | undefined): Annotation | undefined {
  if (entry === undefined) return undefined;
  const fields = annotationIn(entry.metadata);
  return isNothing(fields) ? undefined : Annotation.create(fields, new Date(entry.updatedAt));
}

function standing(entry: SecretEntry | undefined): Expect {
  return entry === undefined ? { absent: true } : { version: entry.version };
}

function without(entry: SecretEntry | undefined): BatchOperation[] {
  if (entry === undefined) return [];
  return [{ op: "delete", name: entry.name, expect: standing(entry) }];
}

function absent(name: string): BatchOperation {
  return { op: "check", name, expect: { absent: true } };
}

function saying(secret: Secret, annotation: AnnotationFields): BatchOperation {
  return {
    op: "set",
    name: secret.name,
    ...encodeValue(secret.bytes()),
    metadata: annotated(secret.metadata, annotation),
    expect: { version: secret.version },
  };
}
