import { createCipheriv, pbkdf2, randomBytes, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import type { Metadata } from "@strongroom/client/protocol";
import { unsaid } from "./moved.ts";
import type { Leaving, Left, Moved } from "./moved.ts";

const ROUNDS = 100_000;
const MOST_NAME_BYTES = 255;

/** A vault of swamp's local encryption, version 2, with a key of its own; annotations come along. */
export async function swampFolder(leaving: readonly Leaving[]): Promise<Moved> {
  const material = `${randomUUID()}${randomUUID()}`;
  const files = new Map<string, Buffer>([[".key", Buffer.from(material)]]);
  const left: Left[] = [];
  for (const { name, secret } of leaving) {
    const why = unfit(name);
    if (why !== undefined) {
      left.push({ name: secret.name, why });
      continue;
    }
    const value = Buffer.from(secret.value, secret.encoding);
    files.set(`${name}.enc`, await sealed(value, material));
    const about = annotation(secret.metadata, secret.updatedAt);
    if (about === undefined) continue;
    files.set(`.annotations/${name}.enc`, await sealed(JSON.stringify(about), material));
  }
  const remarks = [
    ...unsaid(leaving, ["note", "tags"]),
    "swamp knows a vault by its file in vaults/local_encryption/: swamp vault create",
  ];
  return { content: files, count: leaving.length - left.length, left, remarks };
}

function unfit(name: string): string | undefined {
  if (/[/\\]|\.\./u.test(name)) return "has a name with /, \\ or .., which swamp refuses";
  if (Buffer.byteLength(`${name}.enc`) > MOST_NAME_BYTES) return "has a name too long for a file";
  return undefined;
}

/** What an import makes note and tags of, the other way round. */
function annotation({ note = "", tags = [] }: Metadata, updatedAt: number): object | undefined {
  if (note === "" && tags.length === 0) return undefined;
  const [first = "", ...rest] = note.split("\n");
  const url = /^https?:\/\/\S+$/u.test(first) ? { url: first } : {};
  const notes = "url" in url ? rest.join("\n") : note;
  const labels = tags.map((tag): [string, string] => {
    const at = tag.indexOf("=");
    return at === -1 ? [tag, ""] : [tag.slice(0, at), tag.slice(at + 1)];
  });
  return {
    ...url,
    ...(notes === "" ? {} : { notes }),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

async function sealed(text: Uint8Array | string, material: string): Promise<Buffer> {
  const [iv, salt] = [randomBytes(12), randomBytes(16)];
  const key = await promisify(pbkdf2)(material, salt, ROUNDS, 32, "sha256");
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const data = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  const [ivText, dataText, saltText] = [iv, data, salt].map((each) => each.toString("base64"));
  return Buffer.from(JSON.stringify({ iv: ivText, data: dataText, salt: saltText, version: 2 }));
}
