import { createDecipheriv, createHash } from "node:crypto";
import type { Asked, Found, Item } from "./found.ts";
import { corrupt, isObject, newer, parseSource, readSource, wrongKey } from "./source-file.ts";
import { bytesOf, halfCharacter, textOf } from "./source-text.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * ToolHive's `secrets_encrypted`: a nonce, AES-256-GCM, the tag; the key is SHA-256 of the password,
 * the text `{"secrets": {name: value}}`. An empty file is an empty vault.
 */
export async function readToolhive(path: string, { password }: Asked): Promise<Found> {
  const content = readSource(path);
  if (content.length === 0) return { items: [], credentials: [], remarks: [] };
  if (content.length < NONCE_BYTES + TAG_BYTES) throw corrupt(path, "it ends too early");
  const text = textOf(opened(content, await password(), path), path);
  const { secrets, version } = parseSource(text, path);
  if (version !== undefined && version !== 1) throw newer(path, "its version");
  if (!isObject(secrets)) throw corrupt(path, "it holds no secrets");
  const items: Item[] = [];
  const remarks: string[] = [];
  for (const [name, each] of Object.entries(secrets)) {
    if (typeof each !== "string") throw corrupt(path, "a value in it is no text");
    const value = bytesOf(each);
    if (value === undefined) remarks.push(halfCharacter(name));
    else items.push({ name, value });
  }
  return { items, credentials: [], remarks };
}

function opened(content: Buffer, password: string, path: string): Buffer {
  const key = createHash("sha256").update(password).digest();
  const decipher = createDecipheriv("aes-256-gcm", key, content.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(content.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(content.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]);
  } catch {
    // One tag stands for both: nobody can tell which it is.
    throw wrongKey(path, "the password is wrong, or the file was changed");
  }
}
