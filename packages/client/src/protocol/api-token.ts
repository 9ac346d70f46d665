import { createHash } from "node:crypto";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LETTERS = 10;
const SECRET_LETTERS = 43;
const CHECK_LETTERS = 6;

/**
 * What every API key looks like, for scanners of leaked secrets: a prefix, the id, 256 random bits
 * and a checksum over all before it, in base62.
 */
export const API_KEY_PATTERN = "srm_[0-9A-Za-z]{10}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}";

const WHOLE = new RegExp(`^${API_KEY_PATTERN}$`);

/** An API key taken apart; the secret is the text of its letters. */
export interface ApiToken {
  readonly id: string;
  readonly secret: string;
}

/** The text of a key with this id (of at least 8 bytes) and this secret of 32 bytes. */
export function formatApiToken(id: Uint8Array, secret: Uint8Array): string {
  const start = `srm_${base62(id, ID_LETTERS)}_${base62(secret, SECRET_LETTERS)}`;
  return `${start}_${checksum(start)}`;
}

/** Takes a key apart; undefined when it is none, or was mistyped. Says nothing of whether it is valid. */
export function parseApiToken(text: string): ApiToken | undefined {
  if (!WHOLE.test(text)) return undefined;
  const at = text.length - CHECK_LETTERS;
  if (checksum(text.slice(0, at - 1)) !== text.slice(at)) return undefined;
  const [, id = "", secret = ""] = text.split("_");
  return { id, secret };
}

function checksum(text: string): string {
  return base62(createHash("sha256").update(text).digest().subarray(0, 8), CHECK_LETTERS);
}

/** The last letters of the number that the bytes are, big endian. */
function base62(bytes: Uint8Array, letters: number): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  let text = "";
  for (let n = 0; n < letters; n += 1) {
    text = `${LETTERS[Number(rest % 62n)]}${text}`;
    rest /= 62n;
  }
  return text;
}
