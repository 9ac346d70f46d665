import { createDecipheriv, pbkdf2 } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import type { Dirent } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Asked, Found, Item } from "./found.ts";
import { Skips } from "./skips.ts";
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
const BY_KEY = "strongroom import --key-file FILE --from swamp PATH";
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
  const { links, vaults } = vaultsIn(path);
  const skips = new Skips(asked);
  remarks.push(
    ...links.map((link) => `${link} is a link, and is left out: name where it leads to`),
  );
  for (const vault of vaults) {
    const material = materialOf(vault, asked.keyFile);
    const opened: Item[] = [];
    const broken: string[] = [];
    const names = encrypted(vault);
    for (const name of names) {
      try {
        opened.push(await itemOf(vault, name, material));
      } catch (error) {
        if (error instanceof StrongroomError && error.code === "WRONG_KEY") broken.push(name);
        else skips.leave(error);
      }
    }
    // One key opens all: when it opens none it is another one, else that file is damaged.
    if (broken.length === names.length && names.length > 0) {
      throw wrongKey(vault, "its key opens none of its files", BY_KEY);
    }
    if (broken.length > 0) skips.leave(corrupt(vault, `${broken.join(", ")} do not authenticate`));
    items.push(...opened);
    for (const name of encrypted(join(vault, ".refresh"))) {
      const hook = await skips.take(() => openedAs(join(vault, ".refresh"), name, material));
      if (hook === undefined) continue;
      const { command } = hook;
      const shown = typeof command === "string" ? command : "unknown";
      remarks.push(
        `${basename(vault)}/${name} was renewed by a command, which is not imported: ${shown}`,
      );
    }
  }
  return { items, credentials: [], remarks, leftOut: skips.leftOut };
}

interface Vaults {
  readonly vaults: readonly string[];
  /** What in their folder leads elsewhere, and is not followed. */
  readonly links: readonly string[];
}

function vaultsIn(path: string): Vaults {
  const inside = [join(path, INSIDE), path].find((folder) => existsSync(folder)) ?? path;
  if (isVault(inside)) return { vaults: [inside], links: [] };
  const entries = entriesOf(inside).filter(({ name }) => !name.startsWith("."));
  const links = entries
    .filter((entry) => entry.isSymbolicLink())
    .map(({ name }) => join(inside, name))
    .filter(isVault);
  const vaults = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(inside, name))
    .filter(isVault);
  if (vaults.length + links.length > 0) return { vaults, links };
  throw new StrongroomError("NOT_FOUND", `${path} has no vault of swamp in it`, {
    hint: "name its repository, or one vault: strongroom import --from swamp PATH",
  });
}

function isVault(folder: string): boolean {
  return existsSync(join(folder, ".key")) || encrypted(folder).length > 0;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function encrypted(folder: string): string[] {
  // With what follows it a file is none.
  if (!existsSync(`${folder}/`)) return [];
  return entriesOf(folder)
    .filter((entry) => entry.name.endsWith(".enc") && !entry.isDirectory())
    .map(({ name }) => name.slice(0, -".enc".length))
    .toSorted();
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
    throw wrongKey(path, "its key does not open it", BY_KEY);
  }
}
