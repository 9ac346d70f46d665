import type { Caller } from "../command.ts";

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
  return await encrypter.encrypt(text);
}

async function slotRecipients(caller: Caller): Promise<string[]> {
  const { slots } = await caller.call("slot/list", {});
  return slots.flatMap(({ recipient }) => (recipient === undefined ? [] : [recipient]));
}
