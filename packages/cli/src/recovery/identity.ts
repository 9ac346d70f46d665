import { hkdfSync } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Result } from "@strongroom/client/protocol";
import { identityOf } from "./words.ts";

const CHECK_BYTES = 16;
const KEY_BYTES = 32;
const IDENTITY_LINE = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m;

/** Loaded when a key is made or proved: no other verb has a use for it. */
async function age(): Promise<typeof import("age-encryption")> {
  return await import("age-encryption");
}

/** A new age X25519 identity, and the recipient that may be told to anybody. */
export async function newRecoveryKey(): Promise<{
  readonly identity: string;
  readonly recipient: string;
}> {
  const { generateX25519Identity, identityToRecipient } = await age();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/**
 * Opens what a new slot wraps with the identity that the owner was given, and compares the data
 * key in it with the vault's. `CORRUPT` unless it is that key: the slot is worth nothing then.
 */
export async function prove(
  identity: string,
  { wrapped, vault, check }: Pick<Result<"slot/add">, "check" | "vault" | "wrapped">,
): Promise<void> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  let key: Uint8Array;
  try {
    decrypter.addIdentity(identity);
    key = await decrypter.decrypt(Buffer.from(wrapped, "base64"));
  } catch (error) {
    throw unproved(error);
  }
  const salt = Buffer.from(vault, "hex");
  const derived = hkdfSync("sha256", key, salt, "strongroom 1 key check", KEY_BYTES);
  key.fill(0);
  if (Buffer.from(derived, 0, CHECK_BYTES).toString("hex") !== check) throw unproved(undefined);
}

/** The text in an age file for an identity; `WRONG_KEY` when it is for others alone. */
export async function openText(sealed: Uint8Array, identity: string): Promise<string> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity);
    return Buffer.from(await decrypter.decrypt(sealed)).toString();
  } catch (cause) {
    throw new StrongroomError("WRONG_KEY", "that is the key of no slot of this vault", {
      hint: "give it the key file, or a recovery key: strongroom key require off --identity FILE",
      cause,
    });
  }
}

/** The identity in what somebody kept: an age identity file, its one line, or the 24 words. */
export async function readRecoveryKey(text: string): Promise<string> {
  const line = IDENTITY_LINE.exec(text.replaceAll("\r", ""));
  if (line !== null) return line[0];
  return await identityOf(text.replaceAll(/^#.*$/gm, ""));
}

function unproved(cause: unknown): StrongroomError {
  return new StrongroomError("CORRUPT", "the new slot does not open with its key", {
    hint: "do not rely on that key; look into it: strongroom verify",
    cause,
  });
}
