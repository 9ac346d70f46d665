import { StrongroomError } from "@strongroom/client/protocol";
import { recipientOf } from "./age.ts";
import { LINES } from "./keyfile.ts";

/** What opens a backup; a key file is one. */
export interface Opener {
  /** Where it was read from, for people. */
  readonly path: string;
  readonly identity: string;
  /** The vault and the data key that it was made for, where it says so. */
  readonly vaultId?: Buffer;
  readonly check?: Buffer;
}

/**
 * A recovery key: an age X25519 identity on a line of its own, perhaps with the comments of a
 * key file. `INVALID` when it is anything else, quoting nothing of it.
 */
export async function parseRecovery(
  text: string,
  path: string,
): Promise<Opener & { readonly recipient: string }> {
  const lines = text.split("\n").map((line) => line.trim());
  const identities = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const [identity = ""] = identities;
  if (identities.length !== 1 || !LINES.identity.test(identity)) throw noRecovery(path, undefined);
  const [vaultId, check] = [hexIn(lines, LINES.vault), hexIn(lines, LINES.check)];
  const pins = { ...(vaultId && { vaultId }), ...(check && { check }) };
  try {
    return { path, identity, recipient: await recipientOf(identity), ...pins };
  } catch (cause) {
    throw noRecovery(path, cause);
  }
}

function hexIn(lines: readonly string[], pattern: RegExp): Buffer | undefined {
  const hex = lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])[0];
  return hex === undefined ? undefined : Buffer.from(hex, "hex");
}

function noRecovery(path: string, cause: unknown): StrongroomError {
  return new StrongroomError("INVALID", `${path} holds no age identity, or a mistyped one`, {
    hint: "give it the line that begins with AGE-SECRET-KEY-1, or the 24 words",
    cause,
  });
}
