import { StrongroomError } from "@strongroom/client/protocol";
import { recipientOf } from "./age.ts";
import { allIn, LINES } from "./keyfile.ts";

/** What opens a backup; a key file is one. */
export interface Opener {
  /** Where it was read from, for people. */
  readonly path: string;
  readonly identity: string;
  /** The vault and the data key that it was made for, where it says so. */
  readonly vaultId?: Buffer;
  readonly check?: Buffer;
  readonly earlier?: readonly Buffer[];
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
  const [vaultId, check] = [allIn(lines, LINES.vault)[0], allIn(lines, LINES.check)[0]];
  const earlier = allIn(lines, LINES.earlier);
  const pins = { ...(vaultId && { vaultId }), ...(check && { check, earlier }) };
  try {
    return { path, identity, recipient: await recipientOf(identity), ...pins };
  } catch (cause) {
    throw noRecovery(path, cause);
  }
}

function noRecovery(path: string, cause: unknown): StrongroomError {
  return new StrongroomError("INVALID", `${path} holds no age identity, or a mistyped one`, {
    hint: "give it the line that begins with AGE-SECRET-KEY-1, or the 24 words",
    cause,
  });
}
