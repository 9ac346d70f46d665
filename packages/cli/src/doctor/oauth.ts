import type { Client } from "@strongroom/client";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { OAuthEntry, Result } from "@strongroom/client/protocol";
import { note, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Which OAuth credentials give no token any more, or soon will not, and why. */
export async function checkOAuth(
  client: Client,
  { state }: Pick<Result<"vault/status">, "state">,
): Promise<Finding[]> {
  if (state !== "open" && state !== "read-only") return [];
  try {
    const { credentials } = await client.call("oauth/list", {});
    return judgeOAuth(credentials);
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    return [note("oauth", `credentials could not be looked at: ${error.message}`, error.hint)];
  }
}

/** The findings on credentials as they are. */
export function judgeOAuth(credentials: readonly OAuthEntry[]): Finding[] {
  const found = credentials.flatMap(judge);
  return found.length > 0 ? found : [ok("oauth", `${credentials.length} OAuth credentials work`)];
}

function judge({ name, state, why }: OAuthEntry): Finding[] {
  const reason = why === undefined ? "" : `: ${why}`;
  if (state === "ok") return [];
  if (state === "shared") {
    const mend = `strongroom oauth adopt ${shellWord(name)} --source-is-retired`;
    return [note("oauth", `${name} is not refreshed${reason}`, mend)];
  }
  const mend = `strongroom oauth doctor ${shellWord(name)}`;
  return [note("oauth", `${name} ${WORDS[state]}${reason}`, mend)];
}

const WORDS = {
  ending: "ends soon",
  failing: "is not refreshed now",
  reauthorize: "is dead",
} as const;
