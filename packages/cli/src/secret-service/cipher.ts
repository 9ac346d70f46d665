import {
  createCipheriv,
  createDecipheriv,
  createDiffieHellman,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import { invalid } from "./failures.ts";

/** How secrets travel in a session: as they are, or sealed. */
export interface Cipher {
  readonly seal: (value: Uint8Array) => {
    readonly parameters: Uint8Array;
    readonly value: Uint8Array;
  };
  readonly open: (parameters: Uint8Array, value: Uint8Array) => Uint8Array;
}

/** Secrets as they are, by its name in the specification. */
export const PLAIN = "plain";
/** Secrets sealed under a key that both ends agree on, by its name in the specification. */
export const DH = "dh-ietf1024-sha256-aes128-cbc-pkcs7";

/** The second Oakley group: RFC 2409, section 6.2. Its generator is 2. */
const PRIME_HEX =
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
  "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
  "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff";
const PRIME = BigInt(`0x${PRIME_HEX}`);
const PRIME_BYTES = 128;
const BLOCK_BYTES = 16;
/** Twice as long as what is needed for the strength of that group. */
const PRIVATE_BYTES = 32;
/** Zeros may stand before a number; what is longer is not looked at. */
const MOST_PUBLIC_BYTES = 1024;

let group: ReturnType<typeof createDiffieHellman> | undefined;

/** Secrets as they are: the bus is the user's own. */
export const plain: Cipher = {
  seal: (value) => ({ parameters: new Uint8Array(), value }),
  open: (parameters, value) => {
    if (parameters.length > 0) throw invalid("a plain secret has no parameters");
    return value;
  },
};

/**
 * Agrees on a key with whoever has that public value, big-endian; returns ours. A value that
 * leaves no secret (0, 1, p-1, and what is not below p) is refused.
 */
export function agree(theirs: Uint8Array): { readonly ours: Uint8Array; readonly cipher: Cipher } {
  if (theirs.length > MOST_PUBLIC_BYTES) throw invalid("no public value of that group");
  const value = BigInt(`0x0${Buffer.from(theirs).toString("hex")}`);
  if (value < 2n || value > PRIME - 2n) throw invalid("no public value of that group");
  // To make the group takes two hundred times as long as to use it: its prime is looked at.
  group ??= createDiffieHellman(PRIME_HEX, "hex", 2);
  group.setPrivateKey(randomBytes(PRIVATE_BYTES));
  const ours = group.generateKeys();
  const shared = group.computeSecret(Buffer.from(value.toString(16).padStart(256, "0"), "hex"));
  const padded = Buffer.concat([Buffer.alloc(PRIME_BYTES - shared.length), shared]);
  const key = new Uint8Array(hkdfSync("sha256", padded, "", "", BLOCK_BYTES));
  return { ours, cipher: sealedBy(key) };
}

function sealedBy(key: Uint8Array): Cipher {
  return {
    seal(value) {
      const parameters = randomBytes(BLOCK_BYTES);
      const cipher = createCipheriv("aes-128-cbc", key, parameters);
      return { parameters, value: Buffer.concat([cipher.update(value), cipher.final()]) };
    },
    open(parameters, value) {
      if (parameters.length !== BLOCK_BYTES) throw invalid("the parameters must be 16 bytes");
      try {
        const decipher = createDecipheriv("aes-128-cbc", key, parameters);
        return Buffer.concat([decipher.update(value), decipher.final()]);
      } catch {
        throw invalid("the secret was not sealed in this session");
      }
    },
  };
}
