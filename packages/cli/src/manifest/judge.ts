import { StrongroomError } from "@strongroom/client/protocol";
import type { SecretEntry } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { isCredential } from "../pages.ts";
import { fieldOf } from "../references/field.ts";
import type { Reference } from "../references/reference.ts";

/**
 * Whether `run` would put a value in the place of a reference, and if not, why: `no-value` is an
 * OAuth credential, of which nothing is read by its name.
 */
export type Standing = "expired" | "missing" | "no-field" | "no-value" | "no-version" | "ok";

/**
 * What becomes of a reference; `secret` is what a list of all says of its name. A value is read only
 * where a field of it is named, and none is made anew for that.
 */
export async function standingOf(
  caller: Caller,
  { field, name, version }: Reference,
  secret: SecretEntry | undefined,
): Promise<Standing> {
  if (secret === undefined || secret.deleted === true) return "missing";
  if (secret.expired === true) return "expired";
  if (isCredential(secret)) return "no-value";
  if (version !== undefined && version !== secret.version) {
    const { versions } = await caller.call("secret/history", { name });
    const isKept = versions.some((each) => each.version === version && !each.deleted);
    if (!isKept) return "no-version";
  }
  if (field === undefined) return "ok";
  const found = await caller.call("secret/get", { name, version: version ?? secret.version });
  try {
    fieldOf(Buffer.from(found.value, found.encoding), field, { name, shown: name });
    return "ok";
  } catch (error) {
    if (error instanceof StrongroomError) return "no-field";
    throw error;
  }
}
