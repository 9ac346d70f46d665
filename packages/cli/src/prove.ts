import { readFileSync } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Caller, Given } from "./command.ts";
import { readPassphrase } from "./passphrase.ts";

/** What to run where nobody is there to be asked. */
const COMMAND = "set STRONGROOM_PASSPHRASE_FILE to a file with the passphrase, and repeat it";

/**
 * Proves a slot by its passphrase where the vault asks for that; false where it does not, or has
 * no such slot. `WRONG_KEY` for another passphrase; exit 9 where nobody is there to be asked.
 */
export async function proveIfAsked(
  caller: Pick<Caller, "call">,
  values: Given["values"],
): Promise<boolean> {
  // A daemon of before, or one that is leaving, does not ask for it.
  const asked = await caller.call("session/own", {}).catch(() => undefined);
  if (asked?.required !== true || !asked.types.includes("passphrase")) return false;
  await prove(caller, values, COMMAND);
  return true;
}

/** Proves a slot, whether or not the vault asks for that; `DENIED` where none has a passphrase. */
export async function proveSlot(
  caller: Pick<Caller, "call">,
  values: Given["values"],
  command: string,
): Promise<void> {
  const { types } = await caller.call("session/own", {});
  if (!types.includes("passphrase")) {
    throw new StrongroomError("DENIED", "no slot of this vault opens with a passphrase", {
      hint: "add one, so that you can prove that you are its owner: strongroom slot add passphrase",
    });
  }
  await prove(caller, values, command);
}

/** Proves a slot by its identity: a key file, or a recovery key that somebody kept. */
export async function proveByIdentity(caller: Pick<Caller, "call">, file: string): Promise<void> {
  const { openText, readRecoveryKey } = await import("./recovery/identity.ts");
  const identity = await readRecoveryKey(textOf(file));
  const { challenge = "" } = await caller.call("session/own", {});
  const answer = await openText(Buffer.from(challenge, "base64"), identity);
  await caller.call("session/own", { answer });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
    throw new StrongroomError("INVALID", `--identity cannot be read: ${code}`, {
      hint: "strongroom key require off --identity FILE",
    });
  }
}

async function prove(
  caller: Pick<Caller, "call">,
  values: Given["values"],
  command: string,
): Promise<void> {
  const passphrase = await readPassphrase(values, { fresh: false, command });
  try {
    await caller.call("session/own", { passphrase });
  } catch (error) {
    if (!(error instanceof StrongroomError) || error.code !== "WRONG_KEY") throw error;
    throw new StrongroomError("WRONG_KEY", error.message, { hint: command, cause: error });
  }
}
