import { isUtf8 } from "node:buffer";
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";
import { unsaid } from "./moved.ts";
import type { Leaving, Left, Moved } from "./moved.ts";

/** ToolHive reads no larger file. */
const MOST_BYTES = 33_554_432;

/**
 * ToolHive's `secrets_encrypted`: a nonce, AES-256-GCM, the tag; the key is SHA-256 of the password,
 * the text `{"secrets": {name: value}}`.
 */
export function toolhiveFile(leaving: readonly Leaving[], password: string): Moved {
  const secrets = new Map<string, string>();
  const left: Left[] = [];
  for (const { name, secret } of leaving) {
    const value = Buffer.from(secret.value, secret.encoding);
    if (isUtf8(value)) secrets.set(name, value.toString());
    else left.push({ name: secret.name, why: "is no text, and ToolHive keeps text alone" });
  }
  const nonce = randomBytes(12);
  const key = createHash("sha256").update(password).digest();
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const text = JSON.stringify({ secrets: Object.fromEntries(secrets) });
  const sealed = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  if (sealed.length > MOST_BYTES) {
    throw new StrongroomError("TOO_LARGE", "ToolHive reads no file of more than 32 MiB", {
      hint: "export less at once: strongroom export --prefix P --to toolhive PATH",
    });
  }
  return { content: sealed, count: secrets.size, left, remarks: unsaid(leaving, []) };
}
