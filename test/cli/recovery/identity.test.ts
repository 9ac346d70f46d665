import { Encrypter } from "age-encryption";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import { newRecoveryKey, prove, readRecoveryKey } from "strongroom/src/recovery/identity.ts";
import { wordsOf } from "strongroom/src/recovery/words.ts";
import { describe, expect, it } from "vitest";

const BYTES = Buffer.alloc(32, 5);
const KEY = new DataKey(BYTES, Buffer.alloc(16, 6));
const SLOT = { vault: KEY.vaultId.toString("hex"), check: KEY.check.toString("hex") };

async function wrapped(bytes: Uint8Array, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(bytes)).toString("base64");
}

describe("the proof of a slot", () => {
  it("is that its key opens the data key of the vault", async () => {
    const { identity, recipient } = await newRecoveryKey();
    await prove(identity, { ...SLOT, wrapped: await wrapped(BYTES, recipient) });
  });

  it("fails when it opens with another key, holds another one, or is damaged", async () => {
    const { identity, recipient } = await newRecoveryKey();
    const other = await newRecoveryKey();
    const whole = await wrapped(BYTES, recipient);
    for (const bad of [
      await wrapped(BYTES, other.recipient),
      await wrapped(Buffer.alloc(32, 7), recipient),
      whole.slice(0, -8),
      "",
    ]) {
      await expect(prove(identity, { ...SLOT, wrapped: bad })).rejects.toMatchObject({
        code: "CORRUPT",
      });
    }
  });
});

describe("a recovery key that somebody kept", () => {
  it("is read from its file, its line or its words", async () => {
    const { identity } = await newRecoveryKey();
    const words = (await wordsOf(identity)).join(" ");
    for (const text of [
      identity,
      `# made today\r\n${identity}\r\n`,
      words,
      `# words\n${words}\n`,
    ]) {
      expect(await readRecoveryKey(text)).toBe(identity);
    }
    await expect(readRecoveryKey("")).rejects.toMatchObject({ code: "INVALID" });
  });
});
