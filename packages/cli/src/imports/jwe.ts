import { createDecipheriv, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { unwrapKey } from "../key-wrap.ts";
import { corrupt, newer, parseSource, wrongKey } from "./source-file.ts";
import { textOf } from "./source-text.ts";

const ALG = "PBES2-HS256+A128KW";
/** RFC 7518 asks for at least 1000; what is far more would only keep us busy. */
const MOST_ROUNDS = 1_000_000;

/** What a compact JWE (RFC 7516) that a password opens says: its text, and its header. */
export interface Opened {
  readonly text: Buffer;
  readonly header: { readonly [name: string]: unknown };
}

/** Opens a JWE by PBES2-HS256+A128KW and A256GCM (RFC 7518 sections 4.8 and 5.3). */
export async function openJwe(content: string, password: string, path: string): Promise<Opened> {
  const parts = content.trim().split(".");
  if (parts.length !== 5) throw corrupt(path, "it is no JWE of five parts");
  const [protectedHeader = "", wrapped = "", iv = "", ciphertext = "", tag = ""] = parts;
  const header = parseSource(textOf(bytes(protectedHeader), path), path);
  const { alg, crit, enc, p2c, p2s, zip } = header;
  if (alg !== ALG || enc !== "A256GCM") throw newer(path, "its algorithm");
  // RFC 7516 section 4.1.13 demands it of crit; a compressed text would be taken as it is.
  if (crit !== undefined || zip !== undefined) throw newer(path, "what its header demands");
  const isRounds = typeof p2c === "number" && Number.isInteger(p2c) && p2c > 0;
  if (!isRounds || p2c > MOST_ROUNDS || typeof p2s !== "string" || p2s.length > 1024) {
    throw corrupt(path, "its header is out of bounds");
  }
  const salt = Buffer.concat([Buffer.from(ALG), Buffer.of(0), bytes(p2s)]);
  const kek = await promisify(pbkdf2)(password, salt, p2c, 16, "sha256");
  const key = await unwrapped(kek, bytes(wrapped), path);
  return { header, text: decrypted({ key, iv, ciphertext, tag, protectedHeader }, path) };
}

async function unwrapped(kek: Buffer, wrapped: Buffer, path: string): Promise<Buffer> {
  try {
    return await unwrapKey(kek, wrapped);
  } catch {
    throw wrongKey(path, "the password does not open it");
  }
}

function decrypted(
  jwe: {
    readonly key: Buffer;
    readonly iv: string;
    readonly ciphertext: string;
    readonly tag: string;
    readonly protectedHeader: string;
  },
  path: string,
): Buffer {
  try {
    const decipher = createDecipheriv("aes-256-gcm", jwe.key, bytes(jwe.iv), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(jwe.protectedHeader, "ascii"));
    decipher.setAuthTag(bytes(jwe.tag));
    return Buffer.concat([decipher.update(bytes(jwe.ciphertext)), decipher.final()]);
  } catch {
    throw corrupt(path, "its content does not authenticate");
  }
}

function bytes(text: string): Buffer {
  return Buffer.from(text, "base64url");
}
