import type { Client } from "@strongroom/client";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { ApiKeyEntry, Result } from "@strongroom/client/protocol";
import { note, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

const SOON_MS = 604_800_000;
/** What is left of a quota, as a share, when it is told. */
const LITTLE = 0.1;

/** Which API keys end soon, are nearly used up, or may do everything for ever. */
export async function checkKeys(
  client: Client,
  { state, time }: Pick<Result<"vault/status">, "state" | "time">,
): Promise<Finding[]> {
  if (state !== "open" && state !== "read-only") return [];
  try {
    const { keys } = await client.call("key/list", {});
    return judgeKeys(keys, time ?? Date.now());
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    return [note("keys", `they could not be looked at: ${error.message}`, error.hint)];
  }
}

/** The findings on keys as they are at a time in milliseconds since 1970. */
export function judgeKeys(keys: readonly ApiKeyEntry[], at: number): Finding[] {
  const active = keys.filter(({ state }) => state === "active");
  const found = active.flatMap((key) => judge(key, at));
  return found.length > 0 ? found : [ok("keys", `${active.length} API keys work`)];
}

function judge(key: ApiKeyEntry, at: number): Finding[] {
  const { allow, expiresAt, id, name, quota, used = 0 } = key;
  const end = Math.min(expiresAt ?? Infinity, key.revokedAt ?? Infinity);
  const found: Finding[] = [];
  if (end - at < SOON_MS) {
    const when = new Date(end).toISOString();
    // One that was replaced ends with its overlap, and is to.
    if (key.revokedAt === undefined) {
      found.push(told(`the key ${name} ends at ${when}`, `strongroom key rotate ${shellWord(id)}`));
    }
  }
  if (quota !== undefined && quota - used <= quota * LITTLE) {
    const more = `strongroom key update ${shellWord(id)} --no-quota`;
    found.push(told(`the key ${name} has used ${used} of its ${quota} requests`, more));
  }
  if (end === Infinity && allow.includes("*:**") && key.deny.length === 0) {
    const narrower = `strongroom key update ${shellWord(id)} --expires 90d`;
    found.push(told(`the key ${name} may do everything with every secret, for ever`, narrower));
  }
  return found;
}

function told(message: string, mend: string): Finding {
  return note("keys", message, mend);
}
