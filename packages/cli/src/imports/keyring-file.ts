import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Asked, Found, Item } from "./found.ts";
import { openJwe } from "./jwe.ts";
import { corrupt, parseSource, readSource, unreadable } from "./source-file.ts";
import { textOf } from "./source-text.ts";

const MOST_FILES = 100_000;

/** A folder of 99designs/keyring: a JWE for each key, of which `Data` is the value in base64. */
export async function readKeyringFolder(folder: string, asked: Asked): Promise<Found> {
  const items: Item[] = [];
  const remarks: string[] = [];
  const password = await asked.password();
  for (const file of filesOf(folder)) {
    const path = join(folder, file);
    const content = readSource(path).toString("latin1");
    if (!content.startsWith("ey")) {
      remarks.push(`${path} is no file of a keyring, and is left out`);
      continue;
    }
    const { header, text } = await openJwe(content, password, path);
    const { Data: data, Key: key } = parseSource(textOf(text, path), path);
    if (typeof data !== "string") throw corrupt(path, "it has no Data");
    const name = typeof key === "string" && key !== "" ? key : nameOf(file, path);
    const created = typeof header["created"] === "string" ? Date.parse(header["created"]) : NaN;
    const value = Buffer.from(data, "base64");
    items.push({ name: unwrapped(name), value, ...(created > 0 ? { updatedAt: created } : {}) });
  }
  return { items, credentials: [], remarks };
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
