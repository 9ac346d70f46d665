import { StrongroomError } from "@strongroom/client/protocol";
import type { Asked, Found } from "./found.ts";
import { jsonOf } from "./plain.ts";
import { corrupt, readSource, wrongKey } from "./source-file.ts";
import { readText, textOf } from "./source-text.ts";

type Decrypter = InstanceType<typeof import("age-encryption").Decrypter>;

const ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----";
/** No header of a few recipients is longer. */
const HEADER_BYTES = 65_536;
const BY_IDENTITY = "strongroom import --key-file FILE --from age PATH";

/** JSON sealed by age, with or without armor, for identities or a passphrase. */
export async function readAge(path: string, { keyFile, password }: Asked): Promise<Found> {
  const { armor, Decrypter: Opener } = await import("age-encryption");
  const sealed = withoutArmor(readSource(path), path, (text) => armor.decode(text));
  const decrypter = new Opener();
  const isByPassphrase = isSealedByPassphrase(sealed);
  if (isByPassphrase && keyFile !== undefined) {
    throw wrongKey(path, "a passphrase opens it, and no identity");
  }
  if (keyFile !== undefined) addIdentities(decrypter, keyFile);
  else if (isByPassphrase) decrypter.addPassphrase(await password());
  return jsonOf(textOf(await opened(decrypter, sealed, path), path), path);
}

async function opened(decrypter: Decrypter, sealed: Buffer, path: string): Promise<Uint8Array> {
  try {
    return await decrypter.decrypt(sealed);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    if (/no identity/iu.test(why))
      throw wrongKey(path, "no identity that was given opens it", BY_IDENTITY);
    if (/passphrase|incorrect HMAC/iu.test(why)) throw wrongKey(path, "this does not open it");
    throw corrupt(path, "it is no age file, or is damaged");
  }
}

function withoutArmor(content: Buffer, path: string, decode: (text: string) => Uint8Array): Buffer {
  const start = content.toString("latin1", 0, HEADER_BYTES).trimStart();
  if (!start.startsWith(ARMOR)) return content;
  try {
    return Buffer.from(decode(content.toString("latin1")));
  } catch {
    throw corrupt(path, "its armor is damaged");
  }
}

/** See age-encryption.org/v1: such a stanza stands alone. */
function isSealedByPassphrase(sealed: Buffer): boolean {
  return /^-> scrypt /mu.test(sealed.toString("latin1", 0, HEADER_BYTES).split("\n---")[0] ?? "");
}

function addIdentities(decrypter: Decrypter, keyFile: string): void {
  const lines = readText(keyFile)
    .split("\n")
    .map((line) => line.trim());
  const identities = lines.filter((line) => /^AGE-SECRET-KEY-(?:PQ-)?1/u.test(line));
  if (identities.length === 0) {
    const other = lines.find((line) => /^(?:-----BEGIN |AGE-PLUGIN-)/u.test(line));
    throw other === undefined ? corrupt(keyFile, "it holds no age identity") : byAgeAlone(keyFile);
  }
  try {
    for (const identity of identities) decrypter.addIdentity(identity);
  } catch {
    throw corrupt(keyFile, "an identity in it is damaged");
  }
}

function byAgeAlone(keyFile: string): StrongroomError {
  return new StrongroomError(
    "UNSUPPORTED_FORMAT",
    `${keyFile}: a key of SSH, of a plugin or under a passphrase is used by age alone`,
    { hint: "age -d -i KEY FILE > COPY, then: strongroom import --from json PATH" },
  );
}
