import { parse } from "dotenv";
import type { Metadata } from "@strongroom/client/protocol";
import { isReference } from "../references/reference.ts";
import type { Asked, Found, Item } from "./found.ts";
import { corrupt, isObject, newer, parseSource, readSource, wrongKey } from "./source-file.ts";

/** A .env file: its variables by their names; references stay where they are. */
export async function readDotenv(path: string): Promise<Found> {
  const all = Object.entries(parse(readSource(path)));
  const remarks = all
    .filter(([, value]) => isReference(value))
    .map(([name]) => `${name} is a reference, and is left out`);
  const items = all
    .filter(([, value]) => !isReference(value))
    .map(([name, value]) => ({ name, value: Buffer.from(value) }));
  return { items, credentials: [], remarks };
}

/** JSON: an object of names and values, or what `strongroom export --format json` writes. */
export async function readJson(path: string): Promise<Found> {
  return ofJson(readSource(path).toString(), path);
}

/** JSON sealed by age, for an identity or a passphrase. */
export async function readAge(path: string, { keyFile, password }: Asked): Promise<Found> {
  const sealed = readSource(path);
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  if (keyFile === undefined) decrypter.addPassphrase(await password());
  else {
    const identity = /^AGE-SECRET-KEY-1[0-9A-Z]+$/mu.exec(readSource(keyFile).toString())?.[0];
    if (identity === undefined) throw corrupt(keyFile, "it holds no age identity");
    decrypter.addIdentity(identity);
  }
  let text: string;
  try {
    text = await decrypter.decrypt(sealed, "text");
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    if (/no identity|passphrase|incorrect HMAC/iu.test(why))
      throw wrongKey(path, "this does not open it");
    throw corrupt(path, "it is no age file, or is damaged");
  }
  return ofJson(text, path);
}

function ofJson(text: string, path: string): Found {
  const value = parseSource(text, path);
  const { schema, secrets } = value;
  if (!Array.isArray(secrets)) return ofPairs(value);
  if (schema !== 1) throw newer(path, "its schema");
  return { items: secrets.map((each) => ofEntry(each, path)), credentials: [], remarks: [] };
}

function ofPairs(value: { readonly [name: string]: unknown }): Found {
  const items = Object.entries(value).map(([name, each]) => ({
    name,
    value: Buffer.from(typeof each === "string" ? each : JSON.stringify(each)),
  }));
  return { items, credentials: [], remarks: [] };
}

function ofEntry(each: unknown, path: string): Item {
  if (!isObject(each)) throw corrupt(path, "a secret in it is no object");
  const { encoding, metadata, name, updatedAt, value } = each;
  if (typeof name !== "string" || typeof value !== "string")
    throw corrupt(path, "a secret has no name or value");
  const { origin: _, ...kept } = (isObject(metadata) ? metadata : {}) as Metadata;
  return {
    name,
    value: Buffer.from(value, encoding === "base64" ? "base64" : "utf8"),
    metadata: kept,
    ...(typeof updatedAt === "number" ? { updatedAt } : {}),
  };
}
