import { StrongroomError } from "@strongroom/client/protocol";
import type { Holdings } from "./holdings.ts";
import type { House } from "./house.ts";

const PATIENCE = "60s";

/**
 * Opens the vault by what needs no person: a key file, a program, a keychain. Where only a person
 * can, that person is told how, and undefined comes back.
 */
export async function unlocked({ client, note, view }: House): Promise<Holdings | undefined> {
  try {
    await client.call("vault/unlock", {}, { timeout: PATIENCE });
    return await view.look();
  } catch (error) {
    const isLocked = error instanceof StrongroomError && error.code === "LOCKED";
    const why = isLocked ? "which is locked" : "which cannot be opened";
    note(`a program asks for the vault, ${why}: strongroom unlock`);
    return undefined;
  }
}
