import { webcrypto } from "node:crypto";

const { subtle } = webcrypto;
const WRAP = "AES-KW";
const KEY = "AES-GCM";

/** A key of AES wrapped by another one of 16 bytes (RFC 3394): 8 bytes longer. */
export async function wrapKey(by: Uint8Array, key: Uint8Array): Promise<Buffer> {
  const wrapping = await subtle.importKey("raw", by, WRAP, false, ["wrapKey"]);
  const wrapped = await subtle.importKey("raw", key, KEY, true, ["encrypt"]);
  return Buffer.from(await subtle.wrapKey("raw", wrapped, wrapping, WRAP));
}

/** The key of AES that `wrapKey` wrapped; rejects for another wrapping key, or other bytes. */
export async function unwrapKey(by: Uint8Array, wrapped: Uint8Array): Promise<Buffer> {
  const wrapping = await subtle.importKey("raw", by, WRAP, false, ["unwrapKey"]);
  const key = await subtle.unwrapKey("raw", wrapped, wrapping, WRAP, KEY, true, ["decrypt"]);
  return Buffer.from(await subtle.exportKey("raw", key));
}
