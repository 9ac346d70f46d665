import { buffer } from "node:stream/consumers";
import type { Caller } from "../command.ts";
import { Steps } from "../steps.ts";

/** How much is sealed before it is said how far that is. */
const PART_BYTES = 262_144;

/** Text sealed by age, for these recipients or whoever opens the vault. */
export async function seal(
  caller: Caller,
  text: string,
  recipients: readonly string[],
): Promise<Uint8Array> {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients.length > 0 ? recipients : await slotRecipients(caller)) {
    encrypter.addRecipient(recipient);
  }
  const plain = Buffer.from(text);
  const steps = new Steps("sealing", plain.length);
  let at = 0;
  const parts = new ReadableStream<Uint8Array>({
    pull(into) {
      const part = plain.subarray(at, at + PART_BYTES);
      at += part.length;
      if (part.length > 0) into.enqueue(part);
      else into.close();
      steps.reach(at);
    },
  });
  try {
    return await buffer(await encrypter.encrypt(parts));
  } finally {
    steps.end();
  }
}

async function slotRecipients(caller: Caller): Promise<string[]> {
  const { slots } = await caller.call("slot/list", {});
  return slots.flatMap(({ recipient }) => (recipient === undefined ? [] : [recipient]));
}
