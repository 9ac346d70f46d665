import { setTimeout as pause } from "node:timers/promises";
import { StrongroomError } from "@strongroom/client/protocol";
import type { AuditEntry, Params, Result } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { columns } from "../listing.ts";
import { labelsOf, rowOf } from "./row.ts";
import { parsePast } from "../moment.ts";
import { writeData, writeJson } from "../output.ts";

type Query = Params<"audit/list">;

/** How often it is asked for what came. */
const POLL_MS = 500;

/** `audit`, `audit list` */
export async function listAudit({ caller, values }: Input): Promise<number> {
  const { client, follow, json, name, since } = values;
  const query: Query = {
    ...(typeof client === "string" ? { client } : {}),
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof since === "string" ? { since: sinceOf(since) } : {}),
  };
  const isFollowing = follow === true;
  const labels = json === true ? new Map<string, string>() : await labelsOf(caller);
  const show = (entries: readonly AuditEntry[]): void => {
    if (json === true) for (const entry of entries) writeJson(entry);
    else writeData(columns(entries.map((entry) => rowOf(entry, labels))));
  };
  if (json === true && !isFollowing) {
    const all = await everything(caller, query);
    writeJson(all);
    return endOf(all.damaged);
  }
  const damaged = new Set<string>();
  let after = isFollowing && since === undefined ? await newest(caller) : 0;
  for (;;) {
    const page = await caller.call("audit/list", { ...query, after });
    if (page.entries.length > 0) show(page.entries);
    after = page.next;
    for (const each of page.damaged ?? []) damaged.add(each);
    if (after < page.last) continue;
    if (!isFollowing) return endOf([...damaged]);
    await pause(POLL_MS);
  }
}

async function everything(caller: Input["caller"], query: Query): Promise<Result<"audit/list">> {
  const entries: AuditEntry[] = [];
  const damaged: string[] = [];
  for (let after = 0; ;) {
    const page = await caller.call("audit/list", { ...query, after });
    entries.push(...page.entries);
    damaged.push(...(page.damaged ?? []));
    after = page.next;
    if (after >= page.last) return { ...page, entries, ...(damaged.length > 0 ? { damaged } : {}) };
  }
}

/** All that can be read was shown; 11 where that is not all that there was. */
function endOf(damaged: readonly string[] = []): number {
  if (damaged.length === 0) return 0;
  throw new StrongroomError("CORRUPT", damaged.join("; "), {
    hint: "put what is damaged back from a copy of the vault, then: strongroom audit verify",
  });
}

async function newest(caller: Input["caller"]): Promise<number> {
  const after = Number.MAX_SAFE_INTEGER;
  return (await caller.call("audit/list", { after, limit: 1 })).last;
}

function sinceOf(text: string): number {
  const at = parsePast(text, Date.now());
  if (at !== undefined) return at;
  throw new StrongroomError(
    "INVALID",
    "--since takes a time such as 30m, 24h, 7d, or a past date",
    {
      hint: "strongroom audit --since 24h",
    },
  );
}
