import { createCipheriv, createDecipheriv } from "node:crypto";

/** Bytes by which what is sealed is longer. */
export const TAG_BYTES = 16;

// Each key is used once.
const NONCE = Buffer.alloc(12);
const CIPHER = "chacha20-poly1305";
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** Seals by ChaCha20-Poly1305 (RFC 8439) under a key of 32 bytes that seals nothing else. */
export function sealed(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, NONCE, OPTIONS);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What `sealed` sealed; null for another key or other bytes. */
export function opened(key: Uint8Array, body: Uint8Array): Uint8Array | null {
  const decipher = createDecipheriv(CIPHER, key, NONCE, OPTIONS);
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  const plain = decipher.update(body.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}
