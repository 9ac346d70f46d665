import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Asked, Found, Item } from "./found.ts";
import { openJwe } from "./jwe.ts";
import { Skips } from "./skips.ts";
import { corrupt, parseSource, readSource, unreadable } from "./source-file.ts";
import { base64Of, textOf } from "./source-text.ts";

const MOST_FILES = 100_000;

/**
 * A folder of 99designs/keyring: a JWE for each key, of which `Data` is the value in base64. The
 * password is asked for when there is one.
 */
export async function readKeyringFolder(folder: string, asked: Asked): Promise<Found> {
  const items: Item[] = [];
  const remarks: string[] = [];
  const skips = new Skips(asked);
  for (const file of filesOf(folder)) {
    const path = join(folder, file);
    const content = await skips.take(async () => readSource(path).toString("latin1"));
    if (content === undefined) continue;
    if (!content.startsWith("ey")) {
      remarks.push(`${path} is no file of a keyring, and is left out`);
      continue;
    }
    const password = await asked.password();
    const item = await skips.open(() => itemOf(content, path, { file, password }));
    if (item !== undefined) items.push(item);
  }
  skips.demandOpened();
  return { items, credentials: [], remarks, leftOut: skips.leftOut };
}

async function itemOf(
  content: string,
  path: string,
  { file, password }: { readonly file: string; readonly password: string },
): Promise<Item> {
  const { header, text } = await openJwe(content, password, path);
  const { Data: data, Key: key } = parseSource(textOf(text, path), path);
  if (typeof data !== "string") throw corrupt(path, "it has no Data");
  const value = base64Of(data);
  if (value === undefined) throw corrupt(path, "its Data is no base64");
  const name = typeof key === "string" && key !== "" ? key : nameOf(file, path);
  const created = typeof header["created"] === "string" ? Date.parse(header["created"]) : NaN;
  return { name: unwrapped(name), value, ...(created > 0 ? { updatedAt: created } : {}) };
}

function filesOf(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && entry.name !== ".lock")
      .map(({ name }) => name);
  } catch (error) {
    throw unreadable(folder, error);
  }
  if (names.length > MOST_FILES) throw corrupt(folder, `it has more than ${MOST_FILES} files`);
  return names.toSorted();
}

function nameOf(file: string, path: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    throw corrupt(path, "its name is not percent-encoded UTF-8");
  }
}

/** gogcli writes keys that files cannot be called by in base64url behind a prefix. */
function unwrapped(name: string): string {
  const [, encoded] = /^_gogcli_key_v1_([A-Za-z0-9_-]+)$/u.exec(name) ?? [];
  return encoded === undefined ? name : Buffer.from(encoded, "base64url").toString();
}
