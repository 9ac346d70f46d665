import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Result } from "@strongroom/client/protocol";
import { note, ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";

const SEGMENT = /[\\/]audit\.\d/;
const WEEK_MS = 604_800_000;

/** Whether the audit is whole, and records what it should; of a vault that is open. */
export async function checkAudit(
  client: Client,
  { state }: Pick<Result<"vault/status">, "state">,
): Promise<Finding[]> {
  if (state !== "open" && state !== "read-only") return [];
  try {
    return [...(await unrecorded(client)), ...(await lost(client)), await whole(client)];
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    const { code, hint, message } = error;
    // What is not sealed yet stands in the journal, and with that the other files are read back.
    const check = SEGMENT.test(message) ? "audit" : "vault files";
    if (code === "CORRUPT") return [problem(check, message, hint)];
    return [note("audit", `it could not be looked at: ${message}`, hint)];
  }
}

async function unrecorded(client: Client): Promise<Finding[]> {
  const { keys, owner } = await client.call("audit/policy", {});
  return [
    ...(keys === "off" ? [off("API keys", "strongroom audit policy --keys strict")] : []),
    ...(owner === "off" ? [off("the owner", "strongroom audit policy --owner lazy")] : []),
  ];
}

function off(whose: string, mend: string): Finding {
  return note("audit", `the reads of ${whose} are not recorded`, mend);
}

async function lost(client: Client): Promise<Finding[]> {
  const query = { client: "strongroom", since: Date.now() - WEEK_MS };
  let count = 0;
  for (let after = 0, last = 1; after < last;) {
    const page = await client.call("audit/list", { ...query, after });
    for (const entry of page.entries) {
      if (entry.operation === "audit/lost") count += entry.count ?? 1;
    }
    ({ last, next: after } = page);
  }
  const message = `${count} records of the last 7 days could not be written`;
  return count === 0 ? [] : [note("audit", message, "strongroom audit --client strongroom")];
}

async function whole(client: Client): Promise<Finding> {
  const { records } = await client.call("audit/verify", {});
  return ok("audit", `${records} records, whole`);
}
