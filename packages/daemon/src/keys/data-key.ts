import { createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** Bytes of a vault id, of a key check and of a frame's tag. */
export const ID_BYTES = 16;

/** Bytes of the data key, of every subkey, salt and MAC. */
export const KEY_BYTES = 32;

/**
 * The key of one vault, from which every other is derived by HKDF-SHA256. It never leaves this
 * object but wrapped.
 */
export class DataKey {
  readonly vaultId: Buffer;
  /** Tells two data keys apart without saying anything about either; pinned outside the vault. */
  readonly check: Buffer;
  readonly #key: KeyObject;

  constructor(bytes: Uint8Array, vaultId: Uint8Array) {
    if (bytes.length !== KEY_BYTES || vaultId.length !== ID_BYTES) {
      throw new TypeError("a data key has 32 bytes and a vault id 16");
    }
    this.#key = createSecretKey(bytes);
    this.vaultId = Buffer.from(vaultId);
    this.check = this.derive("key check").subarray(0, ID_BYTES);
  }

  /** 32 bytes for one purpose, in this vault alone. */
  derive(purpose: string): Buffer {
    return Buffer.from(
      hkdfSync("sha256", this.#key, this.vaultId, `strongroom 1 ${purpose}`, KEY_BYTES),
    );
  }

  /** The key of one file: bound to its salt, its purpose, the vault and the epoch. */
  fileKey(purpose: string, salt: Uint8Array, epoch: bigint): KeyObject {
    const info = Buffer.concat([
      Buffer.from(`strongroom 1 ${purpose}\0`),
      this.vaultId,
      Buffer.alloc(8),
    ]);
    info.writeBigUInt64BE(epoch, info.length - 8);
    return createSecretKey(Buffer.from(hkdfSync("sha256", this.#key, salt, info, KEY_BYTES)));
  }

  /** The raw key, for wrapping it into a slot and for nothing else. */
  export(): Buffer {
    return this.#key.export();
  }
}

/** A new random data key's bytes, or those of an id or a salt. */
export function fresh(length: number): Buffer {
  return randomBytes(length);
}

/** HMAC-SHA256, 32 bytes. */
export function mac(key: KeyObject | Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether two MACs are equal, in constant time. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
