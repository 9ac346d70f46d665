import { API_KEY_PATTERN } from "@strongroom/client/protocol";

/** No name, pattern or prefix that is about anything is longer; bytes. */
const MOST_BYTES = 1024;
/** So many characters take no more bytes than are told. */
const PLAIN = 255;
const TOKEN_START = "srm_";
const CUT = "…";
const TOKENS = new RegExp(API_KEY_PATTERN, "g");
const START_BYTES = TOKEN_START.length + 10;

/**
 * What a request is about as a record may hold it. Whoever asks chooses how long that is, and may
 * have sent an API key in the place of a name: of that the id alone stays.
 */
export function told(about: string): string {
  // What nearly all names are.
  if (about.length <= PLAIN && !about.includes(TOKEN_START)) return about;
  const text = about.replace(TOKENS, (token) => `${token.slice(0, START_BYTES)}${CUT}`);
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_BYTES) return text;
  let end = MOST_BYTES - Buffer.byteLength(CUT);
  // Not within a character (RFC 3629, section 3).
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString("utf8", 0, end)}${CUT}`;
}
