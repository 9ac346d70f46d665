import type { Client } from "@strongroom/client";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { RenewerEntry, Result } from "@strongroom/client/protocol";
import { note, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Which secrets are not renewed, and why. */
export async function checkRenewers(
  client: Client,
  { state }: Pick<Result<"vault/status">, "state">,
): Promise<Finding[]> {
  if (state !== "open" && state !== "read-only") return [];
  try {
    const { renewers } = await client.call("renewer/list", {});
    return judgeRenewers(renewers);
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    return [note("renewers", `they could not be looked at: ${error.message}`, error.hint)];
  }
}

/** The findings on renewers as they are. */
export function judgeRenewers(renewers: readonly RenewerEntry[]): Finding[] {
  const found = renewers.flatMap(judge);
  return found.length > 0 ? found : [ok("renewers", `${renewers.length} renewers work`)];
}

function judge({ failure, flight, name }: RenewerEntry): Finding[] {
  const mend = `strongroom get ${shellWord(name)} --timeout 30s`;
  const failed = failure && note("renewers", failure.why, `run its program by hand, then: ${mend}`);
  const begun =
    flight &&
    note("renewers", `a program began to renew ${name}, and it is not known if it ended`, mend);
  return [begun, failed].filter((found) => found !== undefined);
}
