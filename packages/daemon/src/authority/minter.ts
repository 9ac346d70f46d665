import { createHash, createHmac, randomBytes, randomInt } from "node:crypto";
import { formatApiToken, parseApiToken } from "@strongroom/client/protocol";
import { sameBytes } from "../keys/data-key.ts";
import type { KeyRecord } from "../vault/key-record.ts";

/** A new API key: what its owner is shown, and what the vault keeps of it. */
export interface Minted {
  readonly id: string;
  readonly token: string;
  readonly proof: string;
}

/** Makes the key of one request; the salt is a figure that the vault remembers of it. */
export type Minting = (salt: number) => Minted;

const SALTS = 2 ** 48 - 1;

/** A salt for a key that is to be made: no two keys come of the same request id. */
export function newSalt(): number {
  return randomInt(SALTS);
}

/** Makes API keys and knows them again, with keys of the vault. */
export class Minter {
  readonly #proofKey: Buffer;
  readonly #secretKey: Buffer;
  readonly #tokenKey: Buffer;

  /** `key`: 32 bytes of the vault that stay the same when its data key is changed. */
  constructor(key: Uint8Array) {
    this.#proofKey = createHmac("sha256", key).update("api key hashes").digest();
    this.#secretKey = createHmac("sha256", key).update("api key proofs").digest();
    this.#tokenKey = createHmac("sha256", key).update("api key tokens").digest();
  }

  /**
   * What makes new keys for a request. One with a request id comes of that and the salt, so that
   * the same request repeated shows the same key, although none is kept: whoever has the vault
   * and its data key still has not the id, of which only a hash stands in the vault.
   */
  minting(actor: string, requestId: string | undefined): Minting {
    const asked = requestId === undefined ? randomBytes(32).toString("hex") : [actor, requestId];
    return (salt) => this.#mint(JSON.stringify([asked, salt]));
  }

  /** Whether a token is that of a key; takes as long whatever it is. */
  knows({ proof, proves }: Pick<KeyRecord, "proof" | "proves">, token: string): boolean {
    const secret = parseApiToken(token)?.secret ?? "";
    const proofs = {
      sha256: this.proofOf(hashOf(token)),
      secret: createHmac("sha256", this.#secretKey).update(secret).digest("hex"),
    };
    return sameBytes(Buffer.from(proofs[proves ?? "secret"]), Buffer.from(proof));
  }

  #mint(seed: string): Minted {
    const of = (part: string): Buffer =>
      createHmac("sha256", this.#tokenKey).update(`${part}\0`).update(seed).digest();
    const token = formatApiToken(of("id").subarray(0, 16), of("secret"));
    return { id: parseApiToken(token)?.id ?? "", token, proof: this.proofOf(hashOf(token)) };
  }

  /** The proof of the token that has this SHA-256. */
  proofOf(sha256: Uint8Array): string {
    return createHmac("sha256", this.#proofKey).update(sha256).digest("hex");
  }
}

/** What a service may send instead of a token. */
export function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
