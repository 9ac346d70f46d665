import { StrongroomError } from "@strongroom/client/protocol";
import { PassphraseIdentity, PassphraseRecipient } from "./scrypt.ts";

/** Loaded when a key is first needed: it takes longer to import than all the rest. */
async function library(): Promise<typeof import("age-encryption")> {
  return await import("age-encryption");
}

/** What the library says, as far as we tell its failures apart (age-encryption 0.3.1). */
const NO_MATCH = "no identity matched";

const RECIPIENT_CHARACTERS = 62;

/** A new X25519 identity, `AGE-SECRET-KEY-1…`. */
export async function newIdentity(): Promise<string> {
  return await (await library()).generateX25519Identity();
}

/** The recipient of an identity, `age1…`; rejects when it is not a whole X25519 identity. */
export async function recipientOf(identity: string): Promise<string> {
  return await (await library()).identityToRecipient(identity);
}

/** Whether a text is a whole X25519 recipient, checksum and all. */
export async function isRecipient(text: string): Promise<boolean> {
  const { Encrypter } = await library();
  try {
    new Encrypter().addRecipient(text);
    return text.length === RECIPIENT_CHARACTERS;
  } catch {
    return false;
  }
}

/** Encrypts a few bytes to recipients; `INVALID` when one of them is none. */
export async function wrap(plain: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
  return await collect(await wrapStream(streamOf(plain), recipients));
}

/** Decrypts what was encrypted to an identity. `WRONG_KEY` or `CORRUPT` naming the file. */
export async function unwrap(
  sealed: Uint8Array,
  identity: string,
  path: string,
): Promise<Uint8Array> {
  try {
    return await collect(await unwrapStream(streamOf(sealed), identity));
  } catch (error) {
    throw ageFailure(error, path);
  }
}

/** Seals an identity with a passphrase, so that `age -d` opens it; never blocks the event loop. */
export async function seal(
  identity: string,
  passphrase: Uint8Array,
  logN?: number,
): Promise<Uint8Array> {
  const { Encrypter, Stanza } = await library();
  const encrypter = new Encrypter();
  const stanza = (args: string[], body: Uint8Array): InstanceType<typeof Stanza> =>
    new Stanza(args, body);
  encrypter.addRecipient(new PassphraseRecipient(passphrase, stanza, logN));
  return await collect(await encrypter.encrypt(streamOf(Buffer.from(`${identity}\n`))));
}

/**
 * The identity that a passphrase sealed. `WRONG_KEY` when the passphrase is another one (which
 * damage of its stanza looks like: compare a checksum first), else `CORRUPT`.
 */
export async function unseal(
  sealed: Uint8Array,
  passphrase: Uint8Array,
  path: string,
): Promise<string> {
  const { Decrypter } = await library();
  const decrypter = new Decrypter();
  decrypter.addIdentity(new PassphraseIdentity(passphrase, path));
  try {
    return String(await collect(await decrypter.decrypt(streamOf(sealed)))).trim();
  } catch (error) {
    throw ageFailure(error, path);
  }
}

/** Encrypts a stream to recipients; `INVALID` when one of them is none. */
export async function wrapStream(
  plain: ReadableStream<Uint8Array>,
  recipients: readonly string[],
): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new (await library()).Encrypter();
  try {
    for (const recipient of recipients) encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new StrongroomError("INVALID", "that is no recipient of age", {
      hint: "age-keygen -y FILE prints the recipient of an identity: age1 and 58 letters and digits",
      cause,
    });
  }
  return await encrypter.encrypt(plain);
}

/** Decrypts a stream; failures of the stream itself are for `ageFailure` to name. */
export async function unwrapStream(
  sealed: ReadableStream<Uint8Array>,
  identity: string,
): Promise<ReadableStream<Uint8Array>> {
  const decrypter = new (await library()).Decrypter();
  decrypter.addIdentity(identity);
  return await decrypter.decrypt(sealed);
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

// The library does this by a `Response`, for which Node loads all of its HTTP client.
async function collect(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** The one place that reads the library's error texts. */
export function ageFailure(error: unknown, path: string): StrongroomError {
  if (error instanceof StrongroomError) return error;
  const text = error instanceof Error ? error.message : "";
  if (text.includes(NO_MATCH)) {
    return new StrongroomError("WRONG_KEY", `${path}: it was sealed for another key`, {
      hint: "use the key file, or the recovery key, that belongs to it",
      cause: error,
    });
  }
  return new StrongroomError("CORRUPT", `${path}: it is damaged`, {
    hint: "put the file back from a copy",
    cause: error,
  });
}
