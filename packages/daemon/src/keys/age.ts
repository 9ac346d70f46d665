import { StrongroomError } from "@strongroom/client/protocol";

/** Loaded when a key is first needed: it takes longer to import than all the rest. */
async function library(): Promise<typeof import("age-encryption")> {
  return await import("age-encryption");
}

/** What the library says, as far as we tell its failures apart (age-encryption 0.3.1). */
const NO_MATCH = "no identity matched";

/** A new X25519 identity, `AGE-SECRET-KEY-1…`. */
export async function newIdentity(): Promise<string> {
  return await (await library()).generateX25519Identity();
}

/** The recipient of an identity, `age1…`; rejects when it is not a whole X25519 identity. */
export async function recipientOf(identity: string): Promise<string> {
  return await (await library()).identityToRecipient(identity);
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
