import { StrongroomError } from "@strongroom/client/protocol";

const PREFIX = "age-secret-key-";

/** The 32 bytes of an age identity as the 24 English words of BIP 39; its checksum is in them. */
export async function wordsOf(identity: string): Promise<readonly string[]> {
  const [{ bech32 }, { entropyToMnemonic }, { wordlist }] = await libraries();
  const { bytes } = bech32.decodeToBytes(identity.toLowerCase());
  return entropyToMnemonic(bytes, wordlist).split(" ");
}

/** The identity that 24 words stand for; `INVALID`, quoting none of them, when they are not such. */
export async function identityOf(text: string): Promise<string> {
  const [{ bech32 }, { mnemonicToEntropy }, { wordlist }] = await libraries();
  // Numbers, commas and line ends may come along from a sheet of paper.
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const strange = words.findIndex((word) => !wordlist.includes(word));
  if (words.length !== 24) throw mistyped(`there are ${words.length} words, not 24`);
  if (strange !== -1) throw mistyped(`word ${strange + 1} is none of the list`);
  try {
    const bytes = mnemonicToEntropy(words.join(" "), wordlist);
    return bech32.encodeFromBytes(PREFIX, bytes).toUpperCase();
  } catch {
    throw mistyped("their checksum is wrong");
  }
}

/** Loaded when words are shown or read: the list has 2048 of them. */
async function libraries(): Promise<
  [
    typeof import("@scure/base"),
    typeof import("@scure/bip39"),
    typeof import("@scure/bip39/wordlists/english.js"),
  ]
> {
  return await Promise.all([
    import("@scure/base"),
    import("@scure/bip39"),
    import("@scure/bip39/wordlists/english.js"),
  ]);
}

function mistyped(what: string): StrongroomError {
  return new StrongroomError("INVALID", `that is no recovery key: ${what}`, {
    hint: "give the line that begins with AGE-SECRET-KEY-1, or its 24 words in their order",
  });
}
