import { createDecipheriv, pbkdf2 } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Asked, Found, Item } from "./found.ts";
import {
  corrupt,
  isObject,
  newer,
  parseSource,
  readSource,
  unreadable,
  wrongKey,
} from "./source-file.ts";
import { readText, textOf } from "./source-text.ts";

const ROUNDS = 100_000;
const TAG_BYTES = 16;
const INSIDE = join(".swamp", "secrets", "local_encryption");

/** What a file is opened by, in either version. */
type Material = (version: number) => Buffer;

/**
 * swamp's local encryption: in a repository, its folder of vaults, or one vault. Annotations come
 * along; refresh commands are named and never run.
 */
export async function readSwamp(path: string, asked: Asked): Promise<Found> {
  const items: Item[] = [];
  const remarks: string[] = [];
  for (const vault of vaultsIn(path)) {
    const material = materialOf(vault, asked.keyFile);
    const opened: { readonly name: string; readonly item: Item }[] = [];
    const broken: string[] = [];
    const names = encrypted(vault);
    for (const name of names) {
      try {
        opened.push({ name, item: await itemOf(vault, name, material) });
      } catch (error) {
        if (!(error instanceof StrongroomError) || error.code !== "WRONG_KEY") throw error;
        broken.push(name);
      }
    }
    // One key opens all: when it opens none it is another one, else that file is damaged.
    if (broken.length === names.length && names.length > 0) {
      throw wrongKey(vault, "its key opens none of its files");
    }
    if (broken.length > 0) throw corrupt(vault, `${broken.join(", ")} do not authenticate`);
    items.push(...opened.map(({ item }) => item));
    for (const name of encrypted(join(vault, ".refresh"))) {
      const { command } = await openedAs(join(vault, ".refresh"), name, material);
      const shown = typeof command === "string" ? command : "unknown";
      remarks.push(
        `${basename(vault)}/${name} was renewed by a command, which is not imported: ${shown}`,
      );
    }
  }
  return { items, credentials: [], remarks };
}

function vaultsIn(path: string): string[] {
  const inside = [join(path, INSIDE), path].find((folder) => existsSync(folder)) ?? path;
  if (encrypted(inside).length > 0 || existsSync(join(inside, ".key"))) return [inside];
  try {
    return readdirSync(inside, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => join(inside, name));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function encrypted(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.name.endsWith(".enc") && !entry.isDirectory())
      .map(({ name }) => name.slice(0, -".enc".length))
      .toSorted();
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function materialOf(vault: string, keyFile: string | undefined): Material {
  const path = keyFile ?? join(vault, ".key");
  if (keyFile === undefined && !existsSync(path)) {
    throw new StrongroomError("NOT_FOUND", `${vault} has no key of its own: it is an SSH key`, {
      hint: "name it: strongroom import --from swamp PATH --key-file ~/.ssh/id_rsa",
    });
  }
  const whole = readSource(path);
  const body = /-----BEGIN [A-Z ]+-----([\s\S]*?)-----END/u.exec(whole.toString())?.[1];
  // Version 1 took the whole PEM file, version 2 what is in it.
  return (version) => (body === undefined || version === 1 ? whole : Buffer.from(body, "base64"));
}

async function itemOf(vault: string, name: string, material: Material): Promise<Item> {
  const { text } = await open(vault, name, material);
  const annotations = join(vault, ".annotations");
  const isAnnotated = existsSync(join(annotations, `${name}.enc`));
  const about = isAnnotated ? await openedAs(annotations, name, material) : {};
  return { name: `${basename(vault)}/${name}`, value: text, ...metadataOf(about) };
}

function metadataOf(about: {
  readonly [key: string]: unknown;
}): Pick<Item, "metadata" | "updatedAt"> {
  const { labels, notes, updatedAt, url } = about;
  const note = [url, notes].filter((each) => typeof each === "string" && each !== "").join("\n");
  const tags = isObject(labels)
    ? Object.entries(labels).map(([key, value]) => (value === "" ? key : `${key}=${String(value)}`))
    : [];
  const at = typeof updatedAt === "string" ? Date.parse(updatedAt) : NaN;
  return {
    metadata: { ...(note === "" ? {} : { note }), ...(tags.length === 0 ? {} : { tags }) },
    ...(at > 0 ? { updatedAt: at } : {}),
  };
}

async function openedAs(
  folder: string,
  name: string,
  material: Material,
): Promise<{ readonly [key: string]: unknown }> {
  const { path, text } = await open(folder, name, material);
  return parseSource(textOf(text, path), path);
}

async function open(
  folder: string,
  name: string,
  material: Material,
): Promise<{ readonly path: string; readonly text: Buffer }> {
  const path = join(folder, `${name}.enc`);
  const { data, iv, salt, version = 1 } = parseSource(readText(path), path);
  if (version !== 1 && version !== 2) throw newer(path, "its version");
  if (typeof data !== "string" || typeof iv !== "string" || typeof salt !== "string") {
    throw corrupt(path, "iv, data or salt is missing");
  }
  const sealed = Buffer.from(data, "base64");
  const nonce = Buffer.from(iv, "base64");
  if (sealed.length < TAG_BYTES || nonce.length !== 12) throw corrupt(path, "it ends too early");
  const key = await promisify(pbkdf2)(
    material(version),
    Buffer.from(salt, "base64"),
    ROUNDS,
    32,
    "sha256",
  );
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce);
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    return { path, text };
  } catch {
    throw wrongKey(path, "its key does not open it");
  }
}
