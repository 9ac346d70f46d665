import { randomBytes, scrypt } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Identity, Recipient, Stanza } from "age-encryption";
import { opened, sealed, TAG_BYTES } from "./chacha.ts";

/** age's own default: half a second and 256 MiB. */
const LOG_N = 18;
/** What is higher is refused before anything is computed: it would take gigabytes. */
const MAX_LOG_N = 20;
const LABEL = Buffer.from("age-encryption.org/v1/scrypt");
const BLOCK = 8;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const FILE_KEY_BYTES = 16;
const LIBRARY_SPARE_BYTES = 1_048_576;

/**
 * The scrypt recipient of age (age-encryption.org/v1, "The scrypt recipient type"), derived in
 * the pool of threads: that of the library stops the event loop for a second.
 */
export class PassphraseRecipient implements Recipient {
  readonly #passphrase: Uint8Array;
  readonly #stanza: (args: string[], body: Uint8Array) => Stanza;
  readonly #logN: number;

  constructor(
    passphrase: Uint8Array,
    stanza: (args: string[], body: Uint8Array) => Stanza,
    logN: number = LOG_N,
  ) {
    this.#passphrase = passphrase;
    this.#stanza = stanza;
    this.#logN = logN;
  }

  async wrapFileKey(fileKey: Uint8Array): Promise<Stanza[]> {
    const salt = randomBytes(SALT_BYTES);
    const key = await derived(this.#passphrase, salt, this.#logN);
    const body = sealed(key, fileKey);
    key.fill(0);
    const args = ["scrypt", salt.toString("base64").replace(/=+$/, ""), String(this.#logN)];
    return [this.#stanza(args, body)];
  }
}

/** Opens what a passphrase sealed. Throws `CORRUPT` for what age never writes. */
export class PassphraseIdentity implements Identity {
  readonly #passphrase: Uint8Array;
  readonly #path: string;

  /** `path`: the file that holds what is opened, for errors. */
  constructor(passphrase: Uint8Array, path: string) {
    this.#passphrase = passphrase;
    this.#path = path;
  }

  async unwrapFileKey(stanzas: readonly Stanza[]): Promise<Uint8Array | null> {
    const [stanza] = stanzas;
    if (stanza === undefined || stanzas.length !== 1) throw this.#damaged("is for no passphrase");
    const [kind, saltText = "", logText = "", ...more] = stanza.args;
    const salt = Buffer.from(saltText, "base64");
    const whole =
      kind === "scrypt" &&
      more.length === 0 &&
      /^[A-Za-z0-9+/]{22}$/.test(saltText) &&
      /^[1-9]\d?$/.test(logText) &&
      stanza.body.length === FILE_KEY_BYTES + TAG_BYTES;
    if (!whole) throw this.#damaged("is not what age writes for a passphrase");
    const logN = Number(logText);
    if (logN > MAX_LOG_N) throw this.#damaged("asks for more work than is ever done here");
    const key = await derived(this.#passphrase, salt, logN);
    const fileKey = opened(key, stanza.body);
    key.fill(0);
    return fileKey;
  }

  #damaged(what: string): StrongroomError {
    return new StrongroomError("CORRUPT", `${this.#path}: a sealed identity ${what}`, {
      hint: "put the file back from a copy, then: strongroom daemon restart",
    });
  }
}

function derived(passphrase: Uint8Array, salt: Uint8Array, logN: number): Promise<Buffer> {
  const N = 2 ** logN;
  const maxmem = 129 * BLOCK * N + LIBRARY_SPARE_BYTES;
  const salted = Buffer.concat([LABEL, salt]);
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salted, KEY_BYTES, { N, r: BLOCK, p: 1, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
