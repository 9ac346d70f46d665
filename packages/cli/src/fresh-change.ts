import { StrongroomError } from "@strongroom/client/protocol";
import type { SecretValue } from "@strongroom/client/protocol";
import type { Caller } from "./command.ts";

const ROUNDS = 20;

/** What becomes of a secret; undefined = it stays as it is. */
export type Change = Partial<Pick<SecretValue, "encoding" | "metadata" | "value">> | undefined;

/**
 * Reads a secret, has it changed and stores it, if nobody has changed it meanwhile; else once more.
 * Returns its version, and whether it is another one.
 */
export async function changeFreshly(
  caller: Caller,
  name: string,
  change: (secret: SecretValue) => Change | Promise<Change>,
): Promise<{ readonly version: number; readonly isChanged: boolean }> {
  for (let round = 1; ; round += 1) {
    const secret = await caller.call("secret/get", { name });
    const made = await change(secret);
    if (made === undefined) return { version: secret.version, isChanged: false };
    const { encoding, metadata, value, version } = { ...secret, ...made };
    try {
      const params = { name, value, encoding, metadata, expect: { version: secret.version } };
      const stored = await caller.change("secret/set", params);
      return { version: stored.version, isChanged: stored.version !== version };
    } catch (error) {
      const isOvertaken = error instanceof StrongroomError && error.code === "CONFLICT";
      if (!isOvertaken || round === ROUNDS) throw error;
    }
  }
}
