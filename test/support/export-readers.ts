import { createDecipheriv, createHash, pbkdf2Sync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compactDecrypt } from "jose";

// By the formats' published parameters, jose and Node's own crypto, not by what writes them.

/** The secrets in a file of ToolHive. */
export function readToolhive(file: string, password: string): object {
  const bytes = readFileSync(file);
  const key = createHash("sha256").update(password).digest();
  const text = opened(key, bytes.subarray(0, 12), bytes.subarray(12)).toString();
  return (JSON.parse(text) as { secrets: object }).secrets;
}

/** The values in a folder of gogcli, by their keys. */
export async function readGogcli(
  folder: string,
  password: string,
): Promise<{ [key: string]: Buffer }> {
  const found: { [key: string]: Buffer } = {};
  for (const name of readdirSync(folder)) {
    const { plaintext, protectedHeader } = await compactDecrypt(
      readFileSync(join(folder, name), "ascii"),
      Buffer.from(password),
      {
        keyManagementAlgorithms: ["PBES2-HS256+A128KW"],
        contentEncryptionAlgorithms: ["A256GCM"],
      },
    );
    const item = JSON.parse(Buffer.from(plaintext).toString()) as { Key: string; Data: string };
    if (item.Key !== name || protectedHeader["p2c"] !== 8192) throw new Error("not as gogcli");
    const key = Buffer.from(name.replace(/^_gogcli_key_v1_/u, ""), "base64url").toString();
    found[key] = Buffer.from(item.Data, "base64");
  }
  return found;
}

/** A file of a vault of swamp. */
export function readSwamp(vault: string, file: string): Buffer {
  const material = readFileSync(join(vault, ".key"));
  if (!/^[0-9a-f-]{72}$/u.test(material.toString())) throw new Error("not as swamp");
  const sealed = JSON.parse(readFileSync(join(vault, file), "utf8")) as {
    iv: string;
    data: string;
    salt: string;
    version: number;
  };
  if (sealed.version !== 2) throw new Error("not version 2");
  const [iv, data, salt] = [sealed.iv, sealed.data, sealed.salt].map((each) =>
    Buffer.from(each, "base64"),
  ) as [Buffer, Buffer, Buffer];
  return opened(pbkdf2Sync(material, salt, 100_000, 32, "sha256"), iv, data);
}

/** What mcporter calls a server that is spoken to by HTTP. */
export function mcporterKey(name: string, url: string): string {
  const descriptor = { name, url: new URL(url).toString(), command: null };
  const hash = createHash("sha256").update(JSON.stringify(descriptor)).digest("hex");
  return `${name}|${hash.slice(0, 16)}`;
}

function opened(key: Buffer, nonce: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}
